"""The tests: plain values, no component. `python3 -m unittest` runs them."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / folder) for folder in ("sdk", "src")]
