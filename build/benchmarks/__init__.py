"""Benchmarks: each figure is a ratio of two things measured in the same run. Run them with `build/dev.py bench`."""
