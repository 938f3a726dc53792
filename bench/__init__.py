"""Benchmarks: how long things take. They are run by hand, and no test depends on the time of a machine."""
