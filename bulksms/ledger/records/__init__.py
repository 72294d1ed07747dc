"""What the ledger hands out, as plain values: no database library loads with them."""
