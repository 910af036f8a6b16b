"""One numbered file per change of the schema: a frozen copy of what it needs, never edited."""
