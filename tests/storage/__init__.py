"""Every promise of the storage room, on SQLite and on PostgreSQL."""
