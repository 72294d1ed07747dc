"""What a plan is recognised by: the digests of its content and of its text, and its name.

It must not know what is done with a plan.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain, count
from pathlib import Path

from bulksms.campaign import Parameters, content_digest
from bulksms.contacts import CONTACT_COLUMNS, format_e164
from bulksms.ledger import CampaignRecord, Ledger
from bulksms.message import EmptyValues
from bulksms.plan.make_plan import Plan
from bulksms.plan.variants import Variant

__all__ = [
    "campaign_name",
    "digest_of",
    "free_name",
    "recorded_parameters",
    "text_digest_of",
    "variants_with_same_text",
]


def digest_of(plan: Plan) -> str:
    """Name the content: the text, the settings and the contacts, whatever the file is called.

    Whoever opted out is part of it, so that an interrupted campaign is still known afterwards.
    """
    people = plan.screened.content
    people["phone_number"] = format_e164(people["phone_number"].to_numpy()).to_pylist()
    columns = [
        name for name in people.columns if name == "phone_number" or name not in CONTACT_COLUMNS
    ]
    return content_digest(recorded_parameters(plan), people[columns].to_csv(index=False).encode())


def recorded_parameters(plan: Plan) -> dict[str, object]:
    """Tell what names a campaign: its settings and every text, however its values travel."""
    text_options = plan.request.text_options
    told = _told(plan.variants[0].parameters) | {"text": plan.variants[0].canonical_text}
    if text_options.texts_by_column is not None:
        told["texts"] = [[part.value, part.canonical_text] for part in plan.variants]
        told["text_by"] = text_options.texts_by_column.column
    if text_options.empty is EmptyValues.DROP:  # the others send to the same people
        told["empty"] = text_options.empty
    return told


def text_digest_of(variants: Sequence[Variant]) -> str:
    """Name what people read, from whatever sender; nobody reads a simulation: another text."""
    texts = "\0".join(part.canonical_text for part in variants)
    told = f"{variants[0].parameters.simulation_mode}\0{texts}"
    return hashlib.sha256(told.encode()).hexdigest()


def variants_with_same_text(plan: Plan, record: CampaignRecord) -> tuple[Variant, ...]:
    """Find the parts whose text a campaign had too, from whatever sender; a test had none."""
    told = record.parameters
    known = {canonical_text for _, canonical_text in told.get("texts", [(None, told.get("text"))])}
    simulated = told.get("simulation_mode", False)
    if record.is_test or plan.variants[0].parameters.simulation_mode != simulated:
        return ()
    return tuple(part for part in plan.variants if part.canonical_text in known)


def campaign_name(plan: Plan, digest: str) -> str:
    """Name a campaign after its first file and its content."""
    path = plan.request.files[0]
    stem = "stdin" if path == "-" else Path(path).stem
    return f"{stem}-{digest[:8]}"


def free_name(ledger: Ledger, name: str) -> str:
    """Give the name, or when it is taken the first of its numbered ones that is not."""
    taken = {known.name for known in ledger.campaigns()}
    numbered = (f"{name}-{turn}" for turn in count(2))
    return next(free for free in chain([name], numbered) if free not in taken)


def _told(parameters: Parameters) -> dict[str, object]:
    told = asdict(parameters)
    send_at = parameters.send_at
    return told | {"send_at": send_at.isoformat() if send_at else None}
