"""A table becomes contacts and rejections.

Its rooms, each of which imports only those before it: `numbers`, `cells`, `columns`, `phones`,
`opt_outs`, `rows`, `findings`, `screening`.
"""

from bulksms.contacts.cells.characters import format_e164
from bulksms.contacts.columns.mapping import ColumnMapping, map_columns
from bulksms.contacts.columns.profiles import Profile, check_profile, parse_profile, profile_of
from bulksms.contacts.model import (
    FIELDS,
    PARAMS,
    SUPPRESSING,
    VALUE_LIMIT,
    Contact,
    Reason,
)
from bulksms.contacts.opt_outs.lists import OptOutList
from bulksms.contacts.opt_outs.reading import read_guest_numbers, read_opt_outs
from bulksms.contacts.opt_outs.replies import Replies, read_replies
from bulksms.contacts.phones.countries import FRANCE
from bulksms.contacts.rows.rules import Duplicates, LongValues, ScreeningRules
from bulksms.contacts.screening.rejection_table import rejection_blocks, rejections_of_block
from bulksms.contacts.screening.result import (
    CONTACT_COLUMNS,
    REJECTION_COLUMNS,
    ScreeningResult,
    rejection_frame,
)
from bulksms.contacts.screening.screen import screen

__all__ = [
    "CONTACT_COLUMNS",
    "FIELDS",
    "FRANCE",
    "PARAMS",
    "REJECTION_COLUMNS",
    "SUPPRESSING",
    "VALUE_LIMIT",
    "ColumnMapping",
    "Contact",
    "Duplicates",
    "LongValues",
    "OptOutList",
    "Profile",
    "Reason",
    "Replies",
    "ScreeningResult",
    "ScreeningRules",
    "check_profile",
    "format_e164",
    "map_columns",
    "parse_profile",
    "profile_of",
    "read_guest_numbers",
    "read_opt_outs",
    "read_replies",
    "rejection_blocks",
    "rejection_frame",
    "rejections_of_block",
    "screen",
]
