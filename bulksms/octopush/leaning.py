"""Which way an unknown outcome leans, read from the words and the code kept with the frame.

The words stand here once: the sentences of unknown outcomes are made with them. A lean is
shown to people and never acted upon.
"""

from enum import StrEnum

from bulksms.octopush.codes import CodeClass, look_up

__all__ = ["NOT_SENT", "SENT", "Likelihood", "likelihood"]

SENT = "has probably been sent"
NOT_SENT = "has probably not been sent"


class Likelihood(StrEnum):
    """Whether a frame in doubt was rather sent or rather not, by what was answered."""

    LIKELY_SENT = "likely_sent"
    UNLIKELY_SENT = "unlikely_sent"
    OPEN = "open"


def likelihood(message: str, code: int | None) -> Likelihood:
    """Say which way a frame in doubt leans; an id that was seen before was seen for a reason."""
    if SENT in message or (code and look_up(code).kind is CodeClass.DUPLICATE):
        return Likelihood.LIKELY_SENT
    return Likelihood.UNLIKELY_SENT if NOT_SENT in message else Likelihood.OPEN
