"""What happened to campaigns, and what the API reports of their messages later."""
