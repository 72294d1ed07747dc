"""The receiver of what Octopush reports afterwards: receipts, replies and STOPs."""
