"""Where people stand in the file, told from the ledger's roll; read only when somebody asks."""

from functools import cache
from typing import TYPE_CHECKING

from bulksms.contacts.opt_outs.lists import as_digits
from bulksms.ledger import CampaignRecord, Ledger
from bulksms.sender import RowLookup

if TYPE_CHECKING:
    import pandas as pd

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["rows_of"]


def rows_of(ledger: Ledger, record: CampaignRecord) -> RowLookup:
    """Make the question that the sender asks when it cuts a frame."""

    @cache
    def known() -> "pd.Series[int]":
        from bulksms.results.contact_results import unpack_source_rows

        packed = ledger.roll(record.id)
        assert packed is not None, "a campaign is written down with its roll"
        _, roll = unpack_source_rows(packed)
        framed = roll[roll["frame"] > 0]
        return framed["row"].set_axis(as_digits(framed["number"]))

    def rows(numbers: "PhoneNumbers") -> list[int]:
        found: list[int] = known().reindex(numbers).tolist()
        return found

    return rows
