"""The safety logs beside a ledger, and how the ledger is compared with them."""
