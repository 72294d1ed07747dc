"""A table becomes contacts and rejections."""

from bulksms.contacts.mapping import ColumnMapping, map_columns
from bulksms.contacts.model import FIELDS, PARAMS, Contact, Finding, Level, Reason, Rejection
from bulksms.contacts.opt_outs import OptOutList, read_opt_outs
from bulksms.contacts.screened import REJECTION_COLUMNS, Screened, rejection_table
from bulksms.contacts.screening import ScreeningRules, screen

__all__ = [
    "FIELDS",
    "PARAMS",
    "REJECTION_COLUMNS",
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
