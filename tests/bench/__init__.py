"""Benchmarks, run by `build/dev.py bench`: each figure beside a floor of the same run."""
