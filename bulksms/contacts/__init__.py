"""A table becomes contacts and rejections."""

from bulksms.contacts.mapping import ColumnMapping, map_columns
from bulksms.contacts.model import (
    FIELDS,
    PARAMS,
    SUPPRESSING,
    VALUE_LIMIT,
    Contact,
    Finding,
    Level,
    Reason,
    Rejection,
)
from bulksms.contacts.opt_outs import OptOutList, read_opt_outs
from bulksms.contacts.screened import CONTACT_COLUMNS, REJECTION_COLUMNS, Screened, rejection_table
from bulksms.contacts.screening import ScreeningRules, screen

__all__ = [
    "CONTACT_COLUMNS",
    "FIELDS",
    "PARAMS",
    "REJECTION_COLUMNS",
    "SUPPRESSING",
    "VALUE_LIMIT",
    "ColumnMapping",
    "Contact",
    "Finding",
    "Level",
    "OptOutList",
    "Reason",
    "Rejection",
    "Screened",
    "ScreeningRules",
    "map_columns",
    "read_opt_outs",
    "rejection_table",
    "screen",
]
