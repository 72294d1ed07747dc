"""A text, what each person reads, and its price."""

from bulksms.message import segments
from bulksms.message.cost_advice import advise
from bulksms.message.cost_stats import MessageMeter, MessageStats
from bulksms.message.filled_texts import FilledTextChecks
from bulksms.message.foreign_placeholders import foreign_placeholders
from bulksms.message.marketing_rules import sender_findings, stop_mention_missing
from bulksms.message.personalise import (
    EmptyValues,
    PersonalisedBlock,
    Personaliser,
    prepare_personaliser,
)
from bulksms.message.pricing import (
    Estimate,
    LearnedPrice,
    PriceSource,
    Tariff,
    average_price,
    estimate,
    price_findings,
    read_tariff,
    shipped_tariff,
)
from bulksms.message.quiet_hours import (
    QuietPeriod,
    SendingHours,
    explain_quiet_hours,
    next_allowed_time,
    quiet_period,
)
from bulksms.message.segments import Encoding, segmentation
from bulksms.message.template import Template, normalise_texts
from bulksms.message.text_checks import check_text
from bulksms.message.timezones import Locality, localities_of
from bulksms.message.transliterate import transliterate

__all__ = [
    "EmptyValues",
    "Encoding",
    "Estimate",
    "FilledTextChecks",
    "LearnedPrice",
    "Locality",
    "MessageMeter",
    "MessageStats",
    "PersonalisedBlock",
    "Personaliser",
    "PriceSource",
    "QuietPeriod",
    "SendingHours",
    "Tariff",
    "Template",
    "advise",
    "average_price",
    "check_text",
    "estimate",
    "explain_quiet_hours",
    "foreign_placeholders",
    "localities_of",
    "next_allowed_time",
    "normalise_texts",
    "prepare_personaliser",
    "price_findings",
    "quiet_period",
    "read_tariff",
    "segmentation",
    "segments",
    "sender_findings",
    "shipped_tariff",
    "stop_mention_missing",
    "transliterate",
]
