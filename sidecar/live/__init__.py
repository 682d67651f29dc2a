"""Live queries, without sockets or clocks: who is affected by a commit, and what they are told.

`registry` finds the live queries a commit may change, `backlog` folds the commits each of them has
yet to answer for, `view` turns a fresh result into the smallest message. `sidecar.rpc.session` runs
them.
"""
