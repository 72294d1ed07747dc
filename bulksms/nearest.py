"""The hint that names what a misspelt name was probably meant to be."""

from collections.abc import Callable, Iterable
from difflib import get_close_matches

__all__ = ["nearest_hint", "nearest_name"]

CUTOFF = 0.5  # similarity below which a name is no help


def nearest_name(
    name: str, names: Iterable[str], normalise: Callable[[str], str] = str.casefold
) -> str:
    """Return the most similar name; empty when none is similar."""
    originals = {
        normalise(candidate): candidate.strip() for candidate in names if candidate.strip()
    }
    matches = get_close_matches(normalise(name), list(originals), n=1, cutoff=CUTOFF)
    return originals[matches[0]] if matches else ""


def nearest_hint(
    name: str, names: Iterable[str], normalise: Callable[[str], str] = str.casefold
) -> str:
    """Ask in brackets whether the most similar name was meant; empty when none is similar."""
    nearest = nearest_name(name, names, normalise)
    return f" (did you mean {nearest!r}?)" if nearest else ""
