"""What follows from receipts, replies and STOPs that Octopush reports."""
