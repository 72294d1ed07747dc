"""A text, what each contact reads of it, and its price."""

from bulksms.message import segments
from bulksms.message.compliance import sender_faults, stop_mention_missing
from bulksms.message.cost_advice import advise
from bulksms.message.cost_stats import Forcing, MessageStats, measure
from bulksms.message.personalise import EmptyValues, Fitted, fit
from bulksms.message.pricing import (
    Estimate,
    Tariff,
    estimate,
    price_findings,
    read_tariff,
    shipped_tariff,
)
from bulksms.message.quiet_hours import Hours, Shut, next_opening, objection, shut
from bulksms.message.segments import Encoding, Segmentation, segmentation
from bulksms.message.template import Placeholder, Template
from bulksms.message.timezones import Place, places_of

__all__ = [
    "EmptyValues",
    "Encoding",
    "Estimate",
    "Fitted",
    "Forcing",
    "Hours",
    "MessageStats",
    "Place",
    "Placeholder",
    "Segmentation",
    "Shut",
    "Tariff",
    "Template",
    "advise",
    "estimate",
    "fit",
    "measure",
    "next_opening",
    "objection",
    "places_of",
    "price_findings",
    "read_tariff",
    "segmentation",
    "segments",
    "sender_faults",
    "shipped_tariff",
    "shut",
    "stop_mention_missing",
]
