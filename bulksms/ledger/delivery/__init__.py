"""Facts learnt after a post: receipts, dead numbers, the balance of the account."""
