"""The people in a ledger: their opt-outs, their pseudonyms, and how they are erased."""
