"""Asks workers to post a campaign, and does what a worker does with the ledger."""
