"""Compares the ledger with its witness files, and records what is missing in it."""
