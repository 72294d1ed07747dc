"""Posts what a campaign has left to post, and follows it."""
