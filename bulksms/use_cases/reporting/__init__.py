"""The results of campaigns, and later reports about their messages."""
