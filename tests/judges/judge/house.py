"""The program under judgement: the real `callpanion`, configured as a self-hoster would, by its environment."""

import os
import signal
import sqlite3
import subprocess
import time

from .serving import free_port

START_S = 180
STOP_S = 60


class House:
    """One installation in a folder of its own. `settings` are keys below `CALLPANION__`."""

    def __init__(self, program, folder, settings):
        self._program, self._log = program, folder / "callpanion.log"
        self.database = folder / "callpanion.sqlite"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        own = {
            "PUBLIC_URL": self.url,
            "LISTEN": f"127.0.0.1:{port}",
            "DATA_DIR": str(folder),
            "MAIL__TRANSPORT": "none",
            "CALLING__TRIES": "1",
            "CALLING__QUIET_START": "00:00",
            "CALLING__QUIET_END": "00:00",
            # Once, after the moment: what was handed over is asked for, and a mock tells nothing new the second time.
            "CALLING__POLL_INTERVAL_S": "300",
            # The judges read each request on the machine that also sends them.
            "CALLING__VENDOR_DEADLINE_MS": "30000",
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CALLPANION__")}
        self._environment = inherited | {f"CALLPANION__{name}": value for name, value in (own | settings).items()}

    def migrate(self):
        """Makes the database."""
        done = subprocess.run([self._program, "migrate"], env=self._environment, capture_output=True, text=True)
        if done.returncode != 0:
            raise SystemExit(f"callpanion migrate failed:\n{done.stderr}{done.stdout}")

    def __enter__(self):
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(
                [self._program, "serve"], env=self._environment, stdout=subprocess.DEVNULL, stderr=log
            )
        began = time.monotonic()
        while b'"message":"serving"' not in self._log.read_bytes():
            late = time.monotonic() - began > START_S
            if late or self._process.poll() is not None:
                self._process.kill()
                raise SystemExit(f"callpanion does not serve: see {self._log}")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise SystemExit(f"callpanion did not stop within {STOP_S} s: see {self._log}") from None
        if code != 0:
            raise SystemExit(f"callpanion ended with {code}: see {self._log}")

    def rows(self, query):
        """What the host itself has written."""
        with sqlite3.connect(self.database, timeout=30) as database:
            rows = database.execute(query).fetchall()
        database.close()
        return rows
