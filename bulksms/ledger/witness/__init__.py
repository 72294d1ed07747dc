"""The safety logs beside a ledger: their lines, and the pair of files that holds them."""
