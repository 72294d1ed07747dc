"""The account, the machine and the ledger: log in, check, prove, rebuild."""
