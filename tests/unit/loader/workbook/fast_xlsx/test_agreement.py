"""What is read many bytes at a time is what is read tag by tag, or nothing at all."""

import pytest

from tests.unit.loader.workbook.fast_xlsx.books import book, by_bytes, by_tags

STRANGE = [
    ' t="e"><v>#N/A</v></c>',
    ' t="e"/>',
    "><v/></c>",
    ' t="str"><v/></c>',
    ' t="inlineStr"><is><t/></is></c>',
    ' t="inlineStr"><is></is></c>',
    ' t="inlineStr"><is><r><t>a</t></r><r><rPr><b/></rPr><t> b </t></r></is></c>',
    ' t="inlineStr"><is><t>a</t><rPh sb="0" eb="1"><t>b</t></rPh></is></c>',
    ' t="zz"><v>1</v></c>',
    ' t="d"><v>2026-03-12T00:00:00</v></c>',
    ' t="b"><v>1</v></c>',
    ' t="b"><v>0</v></c>',
    ' t="b"><v></v></c>',
    ' t="s"><v>99999</v></c>',
    ' t="s"><v>00</v></c>',
    ' t="s" s="1"><v>0</v></c>',
    ' cm="1"><v>1</v></c>',
    "><v>1</v><!-- a --></c>",
    "><v><![CDATA[1]]></v></c>",
    ' t="inlineStr"><v>x</v></c>',
    "><is><t>x</t></is></c>",
    ' t="str"><v>x</v></c> ',
    "><v>1</v></c><c><v>2</v></c>",
]


@pytest.mark.parametrize("cell", STRANGE)
def test_a_strange_cell_is_read_alike(cell: str) -> None:
    first = '<row r="1"><c r="A1" t="str"><v>phone</v></c></row>'
    data = book(f'{first}<row r="2"><c r="A2"{cell}<c r="B2"><v>1</v></c></row>', "<si/>")
    assert by_bytes(data) in (None, by_tags(data))
