"""Each step of the schema, alone."""
