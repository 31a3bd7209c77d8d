"""What a judge says: how many things it was shown, how many it refused, and why."""

import threading

REASONS_SHOWN = 3


class Refused(Exception):
    """A judge does not accept what it was shown."""


class Docket:
    """What one judge was shown. Several threads may write."""

    def __init__(self, judge, what):
        self.judge, self.what = judge, what
        self.n, self.refused, self.reasons = 0, 0, []
        self._lock = threading.Lock()

    def accepts(self, number=1):
        """So many more were shown and found right."""
        with self._lock:
            self.n += number

    def refuses(self, reason):
        """One more was shown and found wrong."""
        with self._lock:
            self.n, self.refused = self.n + 1, self.refused + 1
            if reason not in self.reasons:
                self.reasons.append(reason)

    def hear(self, name, judged):
        """Has one thing judged: `judged` raises what is wrong with it. Gives what it returns."""
        try:
            found = judged()
        except Exception as wrong:  # Whatever a judge raises is its word.
            self.refuses(f"{name}: {type(wrong).__name__}: {wrong}"[:600])
            return None
        self.accepts()
        return found

    @property
    def is_sound(self):
        """Whether something was shown and nothing refused."""
        return self.n > 0 and self.refused == 0

    @property
    def verdict(self):
        if self.n == 0:
            return "WAS SHOWN NOTHING"
        return "accepts all" if self.refused == 0 else "REFUSES"


def table(dockets):
    """The table that stands at the end, and below it why something was refused."""
    rows = [("judge", "what it was shown", "n", "refused", "verdict")]
    rows += [(d.judge, d.what, str(d.n), str(d.refused), d.verdict) for d in dockets]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = []
    for judge, what, n, refused, verdict in rows:
        numbers = f"{n:>{widths[2]}}  {refused:>{widths[3]}}"
        lines.append(f"{judge:<{widths[0]}}  {what:<{widths[1]}}  {numbers}  {verdict}")
    for docket in dockets:
        lines += [f"\n{docket.judge}, {docket.what}: {reason}" for reason in docket.reasons[:REASONS_SHOWN]]
    return "\n".join(lines)
