"""A ledger on a PostgreSQL server: its connections, locks, identity and errors."""
