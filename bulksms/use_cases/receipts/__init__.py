"""Handles receipts, replies and STOPs that Octopush reports."""
