"""Decisions over plain data: events, schemas, queries, patches and errors, without any I/O."""
