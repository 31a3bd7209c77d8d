"""Families that are due, written into the database as they would stand there after years: a callee each, and what is to
ring for them."""

import sqlite3
import uuid
from datetime import datetime, timezone

# Its clocks show UTC all year.
ZONE = "Africa/Abidjan"
DAY_US = 86_400_000_000


def _id():
    return uuid.uuid4().bytes


def _us(at_s):
    return int(at_s * 1_000_000)


def plant(path, now_s, due_s, channel, platform, addresses):
    """Plants a family for each address. A channel without a platform reaches telephone numbers; `due_s` is a whole
    minute."""
    born, now, due = _us(now_s) - 30 * DAY_US, _us(now_s), _us(due_s)
    moment = datetime.fromtimestamp(due_s, timezone.utc)
    method = "phone" if platform is None else "app"
    with sqlite3.connect(path, timeout=30) as database:
        for address in addresses:
            family, callee, device = _id(), _id(), _id()
            _insert(
                database,
                "families",
                id=family,
                name="Achterberg",
                call_method=method,
                onboarded_at=born,
                created_at=born,
            )
            _insert(
                database,
                "callees",
                id=callee,
                family_id=family,
                name="Margaret Achterberg",
                address_form="Grandma Maggie",
                language="en",
                zone=ZONE,
                call_method=method,
                phone=address if platform is None else None,
                interests="Dahlias and the shipping forecast.",
                consent_text="She agreed.",
                consent_by=family,
                consent_at=born,
                created_at=born,
            )
            _insert(
                database,
                "slots",
                id=_id(),
                callee_id=callee,
                slot_no=1,
                local_time=moment.strftime("%H:%M"),
                weekdays=0x7F,
                enabled=1,
                next_at=due,
                next_date=moment.strftime("%Y-%m-%d"),
                since=now,
            )
            if platform is None:
                continue
            _insert(
                database,
                "devices",
                id=device,
                callee_id=callee,
                family_id=family,
                name="Her phone",
                platform=platform,
                state="active",
                secret_hash=_id() + _id(),
                app_version="1.0",
                battery_percent=80,
                network="wifi",
                claimed_at=born,
                confirmed_at=born,
                last_seen_at=now,
            )
            _insert(
                database,
                "push_addresses",
                id=_id(),
                device_id=device,
                channel=channel,
                address=address,
                environment="production" if platform == "ios" else "",
                registered_at=born,
            )
    database.close()


def _insert(database, table, **row):
    names = ", ".join(row)
    places = ", ".join("?" for _ in row)
    database.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", list(row.values()))
