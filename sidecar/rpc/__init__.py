"""The wire: JSON-RPC 2.0 over a loopback WebSocket (DESIGN §6).

`serve` runs the process, `server` the socket, `session` one connection, `jsonrpc` the protocol,
`methods` what each method does, `contract` what each takes and gives. `rpc_schema/` is generated
from `contract` by `schema_export`.
"""
