# sqlcipher3 ships no types; it has the DB-API of the standard library's sqlite3.
