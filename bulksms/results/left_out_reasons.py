"""Why rows are left out, in words for people: a heading, and what to do about it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["LeftOutReason", "left_out_reason", "mendable_codes"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutReason:
    """One reason in words; `mendable` when a corrected row could be sent."""

    code: str
    heading: str
    advice: str
    mendable: bool


def left_out_reason(code: str, language: str = "en") -> LeftOutReason:
    """Describe a reason; one that is unknown here is shown by its code."""
    entry = _table().get(code)
    if entry is None:
        heading = code.replace("_", " ")
        return LeftOutReason(code=code, heading=heading, advice="", mendable=False)
    heading, advice = entry[language]
    return LeftOutReason(code=code, heading=heading, advice=advice, mendable=entry["mendable"])


@cache
def mendable_codes() -> frozenset[str]:
    """Name the codes of rows that could be sent once they are corrected."""
    return frozenset(code for code, entry in _table().items() if entry["mendable"])


@cache
def _table() -> dict[str, dict]:  # type: ignore[type-arg]
    text = files(__package__).joinpath("left_out_reasons.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
