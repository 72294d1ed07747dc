"""The codes of the API: what each means, what follows, and whether a frame was likely sent.

The facts are in codes.toml. A code is a number in the body of an answer, whatever its status.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from bulksms.text_files import read_shipped_table

__all__ = [
    "PROBABLY_NOT_SENT",
    "PROBABLY_SENT",
    "Code",
    "CodeClass",
    "Likelihood",
    "all_codes",
    "likelihood",
    "look_up",
]

# Messages of unknown outcomes are made with these words, and `likelihood` looks for them.
PROBABLY_SENT = "has probably been sent"
PROBABLY_NOT_SENT = "has probably not been sent"


class CodeClass(StrEnum):
    """The consequence of a code; codes.toml says what becomes of the frame."""

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
    """Find a code; an unknown one stops the campaign, so that not every frame is refused."""
    code = _table().get(number)
    if code is not None:
        return code
    return Code(
        number=number,
        kind=CodeClass.CAMPAIGN,
        meaning=f"Octopush refused with the unknown code {number}: ask its support.",
    )


def all_codes() -> tuple[Code, ...]:
    """List every known code, lowest first."""
    return tuple(_table()[number] for number in sorted(_table()))


class Likelihood(StrEnum):
    """Whether a frame in doubt was likely sent; shown to people and never acted upon."""

    LIKELY_SENT = "likely_sent"
    UNLIKELY_SENT = "unlikely_sent"
    OPEN = "open"


def likelihood(message: str, code: int | None) -> Likelihood:
    """Estimate whether a frame in doubt was sent, from the message and code of its answer."""
    if PROBABLY_SENT in message or (code and look_up(code).kind is CodeClass.DUPLICATE):
        return Likelihood.LIKELY_SENT
    return Likelihood.UNLIKELY_SENT if PROBABLY_NOT_SENT in message else Likelihood.OPEN


@cache
def _table() -> dict[int, Code]:
    return {
        int(number): Code(
            number=int(number),
            kind=CodeClass(facts["class"]),
            meaning=facts["meaning"],
            wait=facts.get("wait"),
        )
        for number, facts in read_shipped_table("bulksms.octopush", "codes.toml").items()
    }
