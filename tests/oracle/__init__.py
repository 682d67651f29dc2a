"""Real RxDB from npm and the sidecar, asked the same queries (Q3)."""
