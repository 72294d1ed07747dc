"""The local page: a marketer sends a campaign without a terminal; only this machine reaches it."""
