"""State shared by workers on several machines: leases, lanes, claims, limits."""
