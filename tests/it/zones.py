"""Python's own reading of the time zone data, for `zones.rs` to compare with.

Reads names of zones, one a line. For each change of a zone's clocks from 2024 to 2037 it writes a line: the zone, the
moment of the change, the first wall-clock minute of a window of three hours to each side, and for each minute of the
window how many minutes its moment lies before it, with `g` in a gap and `f` in a fold. PEP 495: with fold=0 a time in
a gap is read with the offset of before the gap, so it comes later by the gap, and one in a fold at the first pass.
"""

import sys
import zoneinfo
from datetime import datetime, timedelta, timezone

import tzdata

# The data of the package, not of the machine.
zoneinfo.reset_tzpath(to=[])

FROM = datetime(2024, 1, 1, tzinfo=timezone.utc)
TO = datetime(2038, 1, 1, tzinfo=timezone.utc)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
EPOCH = datetime(1970, 1, 1)
AROUND_MIN = 180


def changes(zone):
    """The moments at which the zone's offset changes, to the second, found by bisection between days."""
    day, before = FROM, FROM.astimezone(zone).utcoffset()
    while day < TO:
        after = (day + DAY).astimezone(zone).utcoffset()
        if after != before:
            low, high = 0, 86_400
            while high - low > 1:
                middle = (low + high) // 2
                same = (day + timedelta(seconds=middle)).astimezone(zone).utcoffset() == before
                low, high = (middle, high) if same else (low, middle)
            yield day + timedelta(seconds=high), before
        day, before = day + DAY, after


def minutes(zone, start):
    """How each minute of a window is read."""
    for step in range(2 * AROUND_MIN + 1):
        wall = start + step * MINUTE
        first = wall.replace(tzinfo=zone).utcoffset()
        second = wall.replace(tzinfo=zone, fold=1).utcoffset()
        kind = "" if first == second else "g" if first < second else "f"
        yield f"{first // MINUTE}{kind}"


print(tzdata.IANA_VERSION)
for name in sys.stdin.read().split():
    zone = zoneinfo.ZoneInfo(name)
    for moment, before in changes(zone):
        start = (moment + before).replace(tzinfo=None) - AROUND_MIN * MINUTE
        print(name, int(moment.timestamp()), (start - EPOCH) // MINUTE, *minutes(zone, start))
