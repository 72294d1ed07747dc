"""What is shown of a plan, a campaign, an order or a doubt, as text for a terminal."""
