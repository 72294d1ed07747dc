"""The terms of a plan, and whether a second person approved exactly them.

Terms are everything but the people in the list.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from bulksms.errors import RuleError
from bulksms.ledger import ApprovalRecord, ApprovalStep, Ledger
from bulksms.plan.make_plan import Plan
from bulksms.remote import is_address, shown_address
from bulksms.use_cases.context import RunContext
from bulksms.use_cases.unattended.list_shape import shape_of
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = [
    "describe_changes",
    "digest_of_terms",
    "explain_unapproved",
    "plan_terms",
    "require_approval",
]

# Where results go, who is notified and how fast frames are posted: not terms.
NOT_TERMS = frozenset(
    {
        *("rejects_out", "contacts_out", "save_map", "output_delimiter", "preview"),
        *("results", "contact_results", "report", "report_language", "report_people"),
        *("concurrency", "rate", "yes"),
        *("on_end", "ping_url", "metrics_file", "log_file"),
        *("done_marker", "done_folder", "failed_folder", "settle"),
        *("text", "text_file", "text_for"),  # the words themselves are terms
    }
)
ALWAYS = ("sender", "purpose", "type")  # also with their usual values
NAMES = {"text": "the text", "texts": "the texts", "columns": "the columns", "mapping": "mapping"}
SHOWN = 40  # characters of a value in a sentence


def plan_terms(campaign: SavedCampaign, plan: Plan) -> dict[str, Any]:
    """List the words, every setting that differs from its default, the columns and their use.

    The values are plain JSON. The next list has other people under the same terms.
    """
    shape = shape_of(plan)
    terms = {name: _as_json(value) for name, value in _settings(campaign)}
    if plan.request.parameters is not None:
        terms["text"] = plan.request.parameters.text
    by_column = plan.request.text_options.texts_by_column
    if by_column is not None:
        terms["texts"] = dict(by_column.texts)
    terms["files"] = list(map(_without_secrets, campaign.files))
    terms["columns"] = sorted(shape.headers)
    terms["mapping"] = dict(shape.mapping)
    return terms


def _without_secrets(name: str) -> str:
    """Return an address as it may be shown, with a digest of what is left out; others as is."""
    if not is_address(name):
        return name
    shown = shown_address(name)
    digest = hashlib.sha256(name.encode()).hexdigest()
    return shown if shown == name else f"{shown} ({digest[:16]})"


def digest_of_terms(terms: Mapping[str, Any]) -> str:
    """Identify terms: equal terms, equal digest."""
    return hashlib.sha256(orjson.dumps(dict(terms), option=orjson.OPT_SORT_KEYS)).hexdigest()


def describe_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Name every term that changed, short values with both states."""
    names = dict.fromkeys([*after, *before])
    changed = [name for name in names if before.get(name) != after.get(name)]
    return [_described(name, before.get(name), after.get(name)) for name in changed]


def require_approval(
    ledger: Ledger, campaign: SavedCampaign, terms: Mapping[str, Any], context: RunContext
) -> None:
    """Stop unless exactly these terms were approved; the person who asked is recorded.

    Raises:
        RuleError: they were not approved, or they changed since.
    """
    why = explain_unapproved(campaign, terms, ledger.approvals.latest(campaign.name))
    if why is None:
        return
    digest = digest_of_terms(terms)
    if context.person not in ledger.approvals.requested_by(campaign.name, digest):
        ledger.approvals.add(
            ApprovalRecord(
                series=campaign.name,
                at=context.clock.now(),
                step=ApprovalStep.REQUESTED,
                person=context.person,
                digest=digest,
                terms=terms,
            )
        )
    raise RuleError(f"{why} Nothing was sent.")


def explain_unapproved(
    campaign: SavedCampaign, terms: Mapping[str, Any], last: ApprovalRecord | None
) -> str | None:
    """Explain why a plan may not run yet and what to do; `None` when it may.

    Once a campaign was approved, dropping `approval` from its file needs an approval too.
    """
    needs_approval = campaign.rules.approval or (last is not None and last.terms.get("approval"))
    if not needs_approval or (last is not None and last.digest == digest_of_terms(terms)):
        return None
    advice = f"Ask someone else to run `bulksms approve {campaign.path}`."
    if last is None:
        return f"The plan of {campaign.name} has not been approved by a second person. {advice}"
    changes = ", ".join(describe_changes(last.terms, terms))
    return (
        f"The plan of {campaign.name} changed since {last.person} approved it on "
        f"{last.at:%Y-%m-%d %H:%M} UTC: {changes}. {advice}"
    )


def _settings(campaign: SavedCampaign) -> Iterator[tuple[str, object]]:
    """Yield each setting that is a term and differs from its default."""
    for group in campaign.groups:
        usual = type(group)()
        for field in fields(group):
            value = getattr(group, field.name)
            is_usual = value == getattr(usual, field.name) and field.name not in ALWAYS
            if field.name not in NOT_TERMS and not is_usual:
                yield field.name, value
    if campaign.forget_optouts:
        yield "forget_optouts", True


def _as_json(value: object) -> object:
    if isinstance(value, (Decimal, Path, timedelta)):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _described(name: str, before: object, after: object) -> str:
    if name in NAMES:
        return NAMES[name]
    old, new = _shown(before), _shown(after)
    if len(old) > SHOWN or len(new) > SHOWN:
        return name
    return f"{name} ({old} → {new})"


def _shown(value: object) -> str:
    if value is None:
        return "not set"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
