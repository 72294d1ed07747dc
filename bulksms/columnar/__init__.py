"""Helpers for columns: Arrow and numpy conversions, an ordered parallel map."""
