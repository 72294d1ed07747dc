"""The tables of a ledger, how their columns keep values, and statements compiled once."""
