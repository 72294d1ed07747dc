"""The people in a ledger: who is in a frame, opt-outs, pseudonyms, and how they are erased."""
