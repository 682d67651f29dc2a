"""The `sidecar` command: a server, and everything a developer does to a store from a terminal.

1. A command talks to the server that holds the data directory, or opens the store itself when none
   does; `Backend` is that seam, and no command knows on which side of it it is.
2. Results go to stdout; progress, warnings and errors to stderr. An error is one line.
3. `serve` shares nothing with the others but the options, so that it starts fast: what a command
   needs, it imports when it runs.
"""

from sidecar.cli.app import main

__all__ = ["main"]
