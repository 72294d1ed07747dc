"""The rules of French law and of the API for a marketing text and its sender."""

import unicodedata
from collections.abc import Iterable
from itertools import pairwise

import phonenumbers

from bulksms.contacts import FRANCE
from bulksms.finding import Finding, Level

__all__ = ["STOP_MENTIONS", "sender_findings", "stop_mention_missing"]

STOP_MENTIONS = ("STOP au 30101", "STOP au XXXXX")  # compared exactly, capitals included
# The operators' charter requires a letter and forbids generic words (octopush-api.md 7.3).
GENERIC_SENDERS = frozenset({"INFO", "INFOS", "ALERT", "ALERTS", "ALERTE", "ALERTES"})
# Letters of other scripts that look like those of the mention; `_key` knows the other spellings.
LOOK_ALIKES = str.maketrans(
    "\u0410\u0430\u039f\u03bf\u041e\u043e\u0405\u0455\u0422\u0442\u03a4\u03c4\u0420\u0440\u03a1\u03c1"
    "\u0391\u03b1\u0425\u0445\u03a7\u03c7\u03c5\u0446\ua731\u1d1b\u1d0f\u1d18\u1d00\u1d1c\u0417\u0437"
    "\ua4e2\ua4d4\ua4f3\ua4d1\u13da\u13a2\u13c5\u13e2\u054d\u057d\u0585\u0555",
    "AaOoOoSsTtTtPpPpAaXxXxuusTOPAU33STOPSTOPUuoO",
)
ALIKE_IN_DIGITS = str.maketrans("oli|", "0111")
HIDDEN = frozenset(("Cf", "Mn", "Me"))  # strokes through letters, too
MARKETING = "wholesale"  # the API's own word; `campaign.Purpose` imports this room


def stop_mention_missing(text: str, purpose: str, countries: Iterable[str]) -> Finding | None:
    """Report marketing to France without the mention that says how to opt out."""
    # The API refuses marketing to these countries without it, code 121 (octopush-api.md 7.1).
    french = FRANCE.intersection(countries)
    if purpose != MARKETING or not french or any(mention in text for mention in STOP_MENTIONS):
        return None
    similar = _similar_mention(text)
    advice = f'add the line "{STOP_MENTIONS[0]}" to the text, spelled exactly like this'
    return Finding(
        code="stop_mention_missing",
        level=Level.ERROR,
        message=f"Marketing to {', '.join(sorted(french))} must say how to opt out, and the API "
        f"refuses it otherwise (code 121): {similar or advice}.",
    )


def _similar_mention(text: str) -> str:
    """Describe what is wrong with a mention that only looks right; empty without one."""
    visible = [character for character in text if unicodedata.category(character) not in HIDDEN]
    characters = [
        character
        for before, character in pairwise(["", *visible])
        if not (character.isspace() and before.isspace())
    ]
    keys = [_key(character) for character in characters]
    for mention in STOP_MENTIONS:
        wanted = [_key(character) for character in mention]
        for start in range(len(keys) - len(wanted) + 1):
            if keys[start : start + len(wanted)] == wanted:
                written = "".join(characters[start : start + len(wanted)])
                return _difference(written, mention)
    return ""


def _difference(written: str, mention: str) -> str:
    """Name the characters in which a mention differs from the right one."""
    pairs = zip(written, mention, strict=True)
    wrong = dict.fromkeys(
        (sign, expected)
        for sign, expected in pairs
        if sign != expected and sign.casefold() != expected.casefold()
    )
    names = ", ".join(
        f"{sign!r} ({unicodedata.name(sign, 'unnamed')}) instead of {expected!r}"
        for sign, expected in wrong
    )
    hidden = "has invisible characters or doubled spaces"
    problem = hidden if written == mention else f"has {names}" if names else "differs in capitals"
    return f'"{written}" in the text {problem}; write "{mention}"'


def _key(character: str) -> str:
    """Reduce a character to what it looks like."""
    if character.isspace():
        return " "
    latin = unicodedata.normalize("NFKD", character.translate(LOOK_ALIKES))[:1]
    return latin.casefold().translate(ALIKE_IN_DIGITS)


def sender_findings(
    sender: str | None, purpose: str, countries: Iterable[str]
) -> tuple[Finding, ...]:
    """Report a sender that networks forbid or replace; `None` is the account's own."""
    if sender is None:
        return ()
    reached = frozenset(countries)
    findings = (_french_sender(sender, purpose, reached), _american_sender(sender, reached))
    return tuple(finding for finding in findings if finding is not None)


def _french_sender(sender: str, purpose: str, countries: frozenset[str]) -> Finding | None:
    if purpose != MARKETING or not FRANCE & countries:
        return None
    if not any(character.isalpha() for character in sender):
        problem = f"The sender {sender} has no letter, and marketing to France needs one"
    elif sender.upper() in GENERIC_SENDERS:
        problem = f"The sender {sender} is a generic word, which marketing to France forbids"
    else:
        return None
    return Finding(
        code="sender_not_allowed",
        level=Level.ERROR,
        message=f"{problem}: use a name your customers recognise, with --sender.",
    )


def _american_sender(sender: str, countries: frozenset[str]) -> Finding | None:
    """One client reports that +1 takes no names (octopush-api.md 3.4): only a warning."""
    reached = sorted(countries.intersection(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]))
    if not reached or sender.isdigit():
        return None
    return Finding(
        code="sender_replaced",
        level=Level.WARNING,
        message=f"Numbers in {', '.join(reached)} do not accept a name as the sender, so texts "
        f"from {sender} may not arrive there: leave these countries out with --allow-country, "
        "or test one number first.",
    )
