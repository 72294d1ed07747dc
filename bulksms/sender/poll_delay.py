"""How long to wait before the next look at what another process is doing."""

__all__ = ["poll_delay"]

SHORTEST, LONGEST = 0.02, 0.2  # seconds
SHARE = 8


def poll_delay(waited: float) -> float:
    """Return the seconds until the next look: a part of those waited so far, within bounds."""
    return min(max(waited / SHARE, SHORTEST), LONGEST)
