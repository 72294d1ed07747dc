"""From a list to a campaign in the ledger: plan, compare with earlier campaigns, check, freeze."""
