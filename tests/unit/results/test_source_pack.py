import pyarrow as pa
import pytest

from bulksms.errors import LedgerError
from bulksms.results.source_pack import (
    SOURCE_ROW_COLUMNS,
    pack_source_rows,
    rows_of_numbers,
    unpack_source_rows,
)
from tests.unit.results.rows import HEADER, REJECTED, a_row, pack


def test_rows_come_out_of_their_pack_as_they_went_in() -> None:
    header, rows = unpack_source_rows(pack(a_row(), REJECTED))

    assert header == ["Nom", "Mobile"]
    assert list(rows.itertuples(index=False, name=None)) == [a_row(), REJECTED]


def test_the_rows_of_an_older_version_have_no_codes_countries_or_segments() -> None:
    names = ["0", "1", *SOURCE_ROW_COLUMNS]
    columns = [[cell] for cell in REJECTED[:8]]

    (packed,) = pack_source_rows(HEADER, [pa.table(columns, names)])
    _, rows = unpack_source_rows(packed)

    assert list(rows.itertuples(index=False, name=None)) == [(*REJECTED[:8], "", "", 0)]


def test_a_campaign_without_rows_is_refused() -> None:
    with pytest.raises(LedgerError, match="without rows"):
        next(pack_source_rows(HEADER, []))


def test_the_rows_of_numbers_are_those_in_a_frame() -> None:
    packed = pack(a_row(), REJECTED, a_row(row=5), a_row(row=6, frame=0))

    asked = ["+33639980102", "+33639980105", "+33639980106", "+33639980107"]

    assert rows_of_numbers(packed, asked) == {"+33639980102": 2, "+33639980105": 5}
