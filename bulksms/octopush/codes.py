"""What each code of the API means and what follows from it; the facts stand in codes.toml.

Knows nothing of HTTP: a code is a number in the body of an answer, whatever its status.
"""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files


class CodeClass(StrEnum):
    """What we do about a code; codes.toml says what becomes of the frame."""

    ACCOUNT = "account"
    CAMPAIGN = "campaign"
    FRAME = "frame"
    WAIT = "wait"
    DUPLICATE = "duplicate"
    DOUBT = "doubt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code of the API, its class, and the sentence people read."""

    number: int
    kind: CodeClass
    meaning: str
    wait: float | None = None


def look_up(number: int) -> Code:
    """Find a code; one we do not know stops the campaign rather than burn the queue."""
    known = _table().get(number)
    if known is not None:
        return known
    return Code(
        number=number,
        kind=CodeClass.CAMPAIGN,
        meaning=f"Octopush refuses with code {number}, which we do not know: ask its support.",
    )


def all_codes() -> tuple[Code, ...]:
    """List every code we know, lowest first."""
    return tuple(_table()[number] for number in sorted(_table()))


@cache
def _table() -> dict[int, Code]:
    """Read codes.toml once."""
    text = files(__package__).joinpath("codes.toml").read_text(encoding="utf-8")
    return {
        int(number): Code(
            number=int(number),
            kind=CodeClass(facts["class"]),
            meaning=facts["meaning"],
            wait=facts.get("wait"),
        )
        for number, facts in tomllib.loads(text).items()
    }
