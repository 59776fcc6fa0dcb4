"""Benchmarks: the engine beside a shape-true copy of the reference system. Never imported to render."""
