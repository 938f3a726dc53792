"""The database's tables, named for queries."""
