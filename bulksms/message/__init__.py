"""A text, what each contact reads of it, and its price."""

from bulksms.message import segments
from bulksms.message.compliance import stop_mention_missing
from bulksms.message.fitting import EmptyValues, Fitted, fit
from bulksms.message.pricing import Estimate, Tariff, estimate
from bulksms.message.segments import Encoding, Segmentation, segmentation
from bulksms.message.stats import MessageStats
from bulksms.message.template import Placeholder, Template

__all__ = [
    "EmptyValues",
    "Encoding",
    "Estimate",
    "Fitted",
    "MessageStats",
    "Placeholder",
    "Segmentation",
    "Tariff",
    "Template",
    "estimate",
    "fit",
    "segmentation",
    "segments",
    "stop_mention_missing",
]
