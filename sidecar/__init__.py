"""An event-sourced SQLite store for Electron apps, served to React over JSON-RPC."""

__version__ = "0.1.0"
