"""The faults of send requests, and the choice among them."""

import random
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from bulksms.sandbox.script import ScriptedReply

__all__ = [
    "COUNT_FAULTS",
    "FAULT_KINDS",
    "REDIRECTS",
    "UNTAKEN",
    "USUAL_KINDS",
    "FaultKind",
    "FaultPicker",
    "miscounted",
    "shortened",
]

Contact = TypeVar("Contact")


class FaultKind(StrEnum):
    """A fault of one request; "after accept" means that the frame was accepted."""

    RESET_BEFORE = "reset_before"
    RESET_AFTER_ACCEPT = "reset_after_accept"
    SILENCE_BEFORE_ACCEPT = "silence_before_accept"
    SILENCE_AFTER_ACCEPT = "silence_after_accept"
    ERROR_BEFORE = "500_before"
    BAD_GATEWAY_AFTER_ACCEPT = "502_after_accept"
    GATEWAY_TIMEOUT_BEFORE = "504_before"
    GATEWAY_TIMEOUT_AFTER_ACCEPT = "504_after_accept"
    THROTTLED = "429"
    THROTTLED_RETRY_AFTER = "429_retry_after"
    EARLY_400 = "early_400"
    HTML_200 = "html_200"
    CUT_200 = "cut_200"
    GARBAGE_200 = "garbage_200"
    HUGE_ANSWER = "huge_answer"
    SLOW_ANSWER = "slow_answer"
    INTERIM_ANSWERS = "interim_answers"
    REDIRECT_301 = "redirect_301"
    REDIRECT_302 = "redirect_302"
    REDIRECT_303 = "redirect_303"
    REDIRECT_307 = "redirect_307"
    REDIRECT_308 = "redirect_308"
    COUNT_SHORT = "count_short"
    COUNT_HALF = "count_half"
    COUNT_ZERO = "count_zero"
    COUNT_OVER = "count_over"


FAULT_KINDS: tuple[str, ...] = tuple(str(kind) for kind in FaultKind)

# The kinds that are chosen from when none are named.
USUAL_KINDS: tuple[str, ...] = tuple(
    str(kind)
    for kind in (
        FaultKind.RESET_BEFORE,
        FaultKind.RESET_AFTER_ACCEPT,
        FaultKind.SILENCE_BEFORE_ACCEPT,
        FaultKind.SILENCE_AFTER_ACCEPT,
        FaultKind.ERROR_BEFORE,
        FaultKind.BAD_GATEWAY_AFTER_ACCEPT,
        FaultKind.THROTTLED,
        FaultKind.THROTTLED_RETRY_AFTER,
        FaultKind.HTML_200,
        FaultKind.CUT_200,
        FaultKind.SLOW_ANSWER,
    )
)

REDIRECTS: Mapping[FaultKind, int] = {
    FaultKind.REDIRECT_301: 301,
    FaultKind.REDIRECT_302: 302,
    FaultKind.REDIRECT_303: 303,
    FaultKind.REDIRECT_307: 307,
    FaultKind.REDIRECT_308: 308,
}

# The frame is accepted, whole or in part, and the answer has another count than was posted.
COUNT_FAULTS = frozenset(
    {FaultKind.COUNT_SHORT, FaultKind.COUNT_HALF, FaultKind.COUNT_ZERO, FaultKind.COUNT_OVER}
)

# Answered before the body was looked at: the frame is certainly not accepted.
UNTAKEN = frozenset(
    {
        FaultKind.SILENCE_BEFORE_ACCEPT,
        FaultKind.ERROR_BEFORE,
        FaultKind.GATEWAY_TIMEOUT_BEFORE,
        FaultKind.THROTTLED,
        FaultKind.THROTTLED_RETRY_AFTER,
        FaultKind.HTML_200,
        *REDIRECTS,
    }
)


class FaultPicker:
    """Chooses the fault of each post: by its number in the script, else at random."""

    def __init__(
        self, share: float, kinds: tuple[str, ...], seed: int, script: tuple[ScriptedReply, ...]
    ) -> None:
        self._share = share
        self._kinds = kinds
        self._script = script
        self._random = random.Random(seed)  # noqa: S311 - faults, not secrets

    def fault_of(self, post: int) -> FaultKind | ScriptedReply | None:
        """The fault of the post of this number, counted from 1; mostly None."""
        for reply in self._script:
            if reply.first <= post <= reply.last:
                return reply if reply.fault is None else FaultKind(reply.fault)
        if not self._kinds or self._random.random() >= self._share:
            return None
        return FaultKind(self._random.choice(self._kinds))


def shortened(contacts: tuple[Contact, ...], fault: FaultKind | None) -> tuple[Contact, ...]:
    """Leave out the last contact, or the second half, unnamed."""
    if fault is FaultKind.COUNT_SHORT:
        return contacts[:-1] or contacts
    if fault is FaultKind.COUNT_HALF:
        return contacts[: -(-len(contacts) // 2)]
    return contacts


def miscounted(contacts: int, fault: FaultKind | None) -> int:
    """Count otherwise than was accepted."""
    if fault is FaultKind.COUNT_ZERO:
        return 0
    return contacts + 1 if fault is FaultKind.COUNT_OVER else contacts
