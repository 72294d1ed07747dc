"""The identity of a plan: the digests of its content and of its text, and its campaign name."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import chain, count
from pathlib import Path

from bulksms.campaign import Parameters, content_digest
from bulksms.contacts import CONTACT_COLUMNS, format_e164
from bulksms.errors import UsageError
from bulksms.ledger import CampaignRecord, Ledger
from bulksms.message import EmptyValues
from bulksms.plan.make_plan import Plan
from bulksms.plan.personalised import Variant
from bulksms.use_cases.orders.sent_texts import texts_of

__all__ = [
    "campaign_name",
    "check_campaign_name",
    "digest_of",
    "free_name",
    "recorded_parameters",
    "run_name",
    "text_digest_of",
    "variants_with_same_text",
]

NAME_LIMIT = 100  # characters; with a suffix it must fit into a file name of 255 bytes
# What Windows allows in a file name, so that results and locks can be named after a campaign.
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def digest_of(plan: Plan) -> str:
    """Return the digest of the content: texts, settings and contacts, whatever the file name.

    Opted-out people are part of it, so that an interrupted campaign is still recognised.
    """
    return content_digest(recorded_parameters(plan), _content(plan))


def _content(plan: Plan) -> Iterator[bytes]:
    """Write the people as CSV, block by block, below a header."""
    none = plan.screened.no_contacts
    headers = _value_columns(plan, none.columns)
    columns = ["phone_number", *headers]
    yield none[columns].rename(columns=headers).to_csv(index=False).encode()
    for people in plan.screened.content_blocks():
        numbers = format_e164(people["phone_number"].to_numpy()).to_pylist()
        lines = people[columns].assign(phone_number=numbers).to_csv(index=False, header=False)
        yield lines.encode()


def _value_columns(plan: Plan, columns: Iterable[str]) -> dict[str, str]:
    """Name the columns of values by their headers, each once, however the text spells them."""
    sheet, mapping = plan.sheets[0]
    named = set(mapping.fields.values())
    names: dict[str, str] = {}
    for column in columns:
        position = mapping.extras.get(column)
        if column in CONTACT_COLUMNS or position in named:
            continue
        names[column] = column if position is None else sheet.header[position]
        if position is not None:
            named.add(position)
    return names


def recorded_parameters(plan: Plan) -> dict[str, object]:
    """Return what identifies a campaign besides its contacts: its settings and every text."""
    text_options = plan.request.text_options
    recorded = _as_json(plan.variants[0].parameters) | {"text": plan.variants[0].canonical_text}
    if text_options.texts_by_column is not None:
        recorded["texts"] = [[part.value, part.canonical_text] for part in plan.variants]
        recorded["text_by"] = text_options.texts_by_column.column
    if text_options.empty is EmptyValues.DROP:  # the others send to the same people
        recorded["empty"] = text_options.empty
    return recorded


def text_digest_of(variants: Sequence[Variant]) -> str:
    """Return the digest of what people read; a simulation, which no one reads, has another."""
    texts = "\0".join(variant.canonical_text for variant in variants)
    return hashlib.sha256(f"{variants[0].parameters.simulation_mode}\0{texts}".encode()).hexdigest()


def variants_with_same_text(plan: Plan, record: CampaignRecord) -> tuple[int, ...]:
    """Return the indexes of the texts that a campaign had too, from whatever sender."""
    simulated = record.parameters.get("simulation_mode", False)
    if record.is_test or plan.variants[0].parameters.simulation_mode != simulated:
        return ()
    indexed = enumerate(plan.variants)
    return tuple(index for index, variant in indexed if variant.canonical_text in texts_of(record))


def check_campaign_name(name: str) -> str:
    """Return a campaign name that can name a file on every system.

    Raises:
        UsageError: it cannot.
    """
    if not name.strip() or len(name) > NAME_LIMIT:
        raise UsageError(
            f"A campaign name has 1 to {NAME_LIMIT} characters: choose another.",
            code="campaign_name_invalid",
        )
    if FORBIDDEN.search(name) or RESERVED.fullmatch(name) or name[0] in ". -" or name[-1] in ". ":
        raise UsageError(
            f"The campaign name {name!r} cannot be used: use letters, digits, spaces, "
            "- and _, and begin with a letter or a digit.",
            code="campaign_name_invalid",
        )
    return name


def campaign_name(plan: Plan, digest: str) -> str:
    """Return a name made of the first file and the content."""
    path = plan.request.named_files[0]
    stem = "stdin" if path == "-" else Path(path).stem
    readable = FORBIDDEN.sub("_", stem.encode("utf-8", "replace").decode())
    return f"{readable.strip(' .-')[: NAME_LIMIT // 2] or 'campaign'}-{digest[:8]}"


def run_name(series: str, now: datetime) -> str:
    """Return a name made of a repeated campaign and the day of its run."""
    readable = FORBIDDEN.sub("_", series).strip(" .-")[: NAME_LIMIT // 2]
    return f"{readable or 'campaign'}-{now.astimezone():%Y-%m-%d}"


def free_name(ledger: Ledger, name: str) -> str:
    """Return the name, or the first of its numbered forms that is free."""
    taken = {record.name for record in ledger.campaigns.all()}
    numbered = (f"{name}-{number}" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def _as_json(parameters: Parameters) -> dict[str, object]:
    send_at = parameters.send_at
    return asdict(parameters) | {"send_at": send_at.isoformat() if send_at else None}
