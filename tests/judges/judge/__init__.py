"""Judges of our wire formats that nobody here wrote: `tests/judges/run` has them judge."""
