"""The state of a frame: how it may change, and the SQL that many parts of the ledger share."""
