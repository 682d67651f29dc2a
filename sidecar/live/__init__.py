"""Live queries, without sockets or clocks: who is affected by a commit, and what they are told.

`footprint` says what a query depends on, `index` finds by it the live queries a commit may affect,
`backlog` folds the commits each of them has yet to answer for, `view` turns a fresh result into the
smallest message. `sidecar.rpc.hub` and `sidecar.rpc.session` run them.
"""
