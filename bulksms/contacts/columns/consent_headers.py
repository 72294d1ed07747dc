"""The role of a column in consent, by the words of its header in seven languages.

The words are in `consent.toml`.
"""

import re
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any

from bulksms.contacts.columns.headers import compact, words
from bulksms.text_files import read_shipped_table

__all__ = [
    "ConsentRole",
    "consent_role",
    "expression",
    "is_consent_date",
    "matches",
    "says_no",
    "vocabulary_of_consent",
]

# The latest of several agreements; of other things the words name an attribute.
_LATEST = frozenset(
    {"last", "latest", "dernier", "derniere", "letzte", "letzten", "ultimo", "ultima"}
)
MOBILE_STUDIO = "_Status"  # Salesforce Mobile Studio's own column


class ConsentRole(Enum):
    """How the cells of a column are read."""

    REGISTER = "anything but an empty cell or a no means no, registered too"
    OPT_OUT = "anything but an empty cell or a no means no"
    OPT_OUT_FLAG = "a yes, a mark or a date means no, another text is asked about"
    SMS_CONSENT = "anything but a yes means no"
    SMS_STATUS = "a no means no, what is not a yes is asked about"
    CONSENT = "anything but a yes is asked about"
    MEMBERSHIP = "a no is asked about"
    STATUS = "a refusing state is asked about"
    PREFERENCE = "a refusing state and a wish for nothing are asked about"
    NAME = "a refusal beside a name is asked about"
    ENDED = "a yes, a mark or a date is asked about"
    TERM = "what ended is asked about, unless nearly all rows have a date"
    REMARK = "a refusal in words is asked about"


def vocabulary_of_consent() -> Mapping[str, Any]:
    """Return the tables of `consent.toml`."""
    return read_shipped_table("bulksms.contacts.columns", "consent.toml")


def matches(table: str, name: str, text: str) -> bool:
    """Return whether words, joined by spaces, match one of a list of expressions."""
    return expression(table, name).search(text) is not None


@cache
def expression(table: str, name: str) -> re.Pattern[str]:
    """Join the expressions of a list, each of which may match."""
    return re.compile("|".join(vocabulary_of_consent()[table][name]))


def says_no(text: str) -> bool:
    """Return whether words, joined by spaces, are about people who want no texts."""
    return any(matches("negative", name, text) for name in ("register", "certain", "likely"))


@cache
def consent_role(header: str) -> ConsentRole | None:
    """Return the role of a column; `None` where it is about e-mail, letters or links only."""
    if header.strip() == MOBILE_STUDIO:
        return ConsentRole.OPT_OUT
    if compact(header) in _roles_of_systems():
        return _roles_of_systems()[compact(header)]
    text = " ".join(words(header))
    if matches("positive", "chosen", text):
        return ConsentRole.MEMBERSHIP
    about_sms = matches("channel", "sms", text)
    read_only = matches("negative", "read_only", text)
    if read_only or (matches("channel", "other", text) and not about_sms):
        return None
    return _role_by_words(text, about_sms=about_sms)


@cache
def is_consent_date(header: str) -> bool:
    """Return whether a column holds the moment of an agreement to texts, or to contact at all."""
    text = " ".join(word for word in words(header) if word not in _LATEST)
    about_sms = matches("channel", "sms", text)
    if (
        not matches("channel", "moment", text)
        or matches("channel", "attribute", text)
        or (matches("channel", "other", text) and not about_sms)
        or _negative_role(text, about_sms=about_sms) is not None
    ):
        return False
    return matches("positive", "consent", text) or (
        about_sms and matches("positive", "member", text)
    )


@cache
def _roles_of_systems() -> dict[str, ConsentRole | None]:
    """Read the roles of the headers of known systems that their words do not tell."""
    roles = vocabulary_of_consent()["systems"].items()
    return {
        header: ConsentRole.__members__.get(role) for role, headers in roles for header in headers
    }


def _role_by_words(text: str, *, about_sms: bool) -> ConsentRole | None:
    negative = _negative_role(text, about_sms=about_sms)
    agreeing = matches("positive", "consent", text)
    member = matches("positive", "member", text)
    if (negative or agreeing) and matches("channel", "reference", text):
        return None
    if negative:
        return negative
    runs_out = matches("negative", "term", text)
    if (agreeing or member) and (runs_out or matches("negative", "ended", text)):
        return ConsentRole.TERM if runs_out and not about_sms else ConsentRole.ENDED
    if agreeing or (member and about_sms):
        return _consent_role(text, about_sms=about_sms)
    state = _state_role(text, about_sms=about_sms, member=member)
    if state:
        return state
    texts = matches("channel", "texts", text) or matches("positive", "notices", text)
    texts = texts and not any(matches("channel", name, text) for name in ("attribute", "arrival"))
    return ConsentRole.MEMBERSHIP if member or texts else ConsentRole.REMARK


def _state_role(text: str, *, about_sms: bool, member: bool) -> ConsentRole | None:
    if matches("positive", "affair", text) and not (about_sms or member):
        return None
    if matches("positive", "preference", text):
        return ConsentRole.PREFERENCE
    if not matches("positive", "status", text):
        idle = about_sms and matches("negative", "idle", text)
        return ConsentRole.ENDED if idle or matches("negative", "ended", text) else None
    if about_sms:
        return ConsentRole.SMS_STATUS
    return ConsentRole.MEMBERSHIP if member else ConsentRole.STATUS


def _negative_role(text: str, *, about_sms: bool) -> ConsentRole | None:
    if matches("negative", "denied", text):
        return ConsentRole.CONSENT
    if matches("negative", "register", text):
        return ConsentRole.REGISTER
    likely = matches("negative", "likely", text)
    if matches("negative", "certain", text) or (likely and about_sms):
        return ConsentRole.OPT_OUT
    return ConsentRole.OPT_OUT_FLAG if likely else None


def _consent_role(text: str, *, about_sms: bool) -> ConsentRole:
    if matches("channel", "attribute", text):
        return ConsentRole.REMARK
    if matches("channel", "moment", text):
        return ConsentRole.CONSENT if about_sms else ConsentRole.MEMBERSHIP
    return ConsentRole.SMS_CONSENT if about_sms else ConsentRole.CONSENT
