"""Signs, pictures and labels beside a number do not reject it; what says no is not left out."""

# ruff: noqa: RUF001 - the look-alikes are what is tested

import pyarrow as pa
import pytest

from bulksms.contacts import Reason
from bulksms.contacts.phones.parse import NumberRules, parse_number
from bulksms.contacts.phones.parse_columns import ColumnParser

RULES = NumberRules()
NUMBER = 33612341401
HARMLESS = (
    "\u202a+33 6 12 34 14 01\u202c", "\u2068+33612341401\u2069", "\u200e06 12 34 14 01",
    "06\u00a012\u00a034\u00a014\u00a001", "06\u202f12\u202f34\u202f14\u202f01", "06‑12‑34‑14‑01",
    "＋33612341401", "\ufeff0612341401", "06\u00ad12\u00ad34\u00ad14\u00ad01", "٠٦١٢٣٤١٤٠١",
    "０６１２３４１４０１", "06\u200b12\u200b34\u200b14\u200b01", "06\u206012341401",
    "06·12·34·14·01", "06\u300012\u300034\u300014\u300001", "06–12–34–14–01", "06−12−34−14−01",
    "\u061c0612341401", "06_12_34_14_01", "06\t12\t34\t14\t01", "06*12*34*14*01",
    "06 12 34 14 01\ufffc", "☎ 06 12 34 14 01", "📱06 12 34 14 01", "06\ufe0f\u20e312341401",
    "🇫🇷 06 12 34 14 01", "06，12，34，14，01", "𝟎𝟔𝟏𝟐𝟑𝟒𝟏𝟒𝟎𝟏", "⁰⁶12341401", "०६१२३४१४०१",
    "06\u180e12341401", "06 12\x0b34\x0c14 01", "06 12 34 14 01\x1a", "06•12•34•14•01",
    "06\\12\\34\\14\\01", "06⁄12⁄34⁄14⁄01", "[0612341401]", "«0612341401»", "“0612341401”",
    "0612341401*", "+33 6 12 34 14 01 ✅", "06 12 34 14 01 !", "📞 Port. 06 12 34 14 01",
)  # fmt: skip
LABELS = (
    "N° 06 12 34 14 01", "n°0612341401", "No. 0612341401", "Port. 06 12 34 14 01",
    "Portable : 0612341401", "Mobile 06 12 34 14 01", "Tél portable : 06 12 34 14 01",
    "GSM: 0612341401", "Cell. 0612341401", "T. 0612341401", "Num: 0612341401",
    "Whatsapp +33612341401", "Numéro : 0612341401", "Móvil: 0612341401", "cellulare 0612341401",
    "Telefon 0612341401", "Teléfono: 0612341401", "Handy: 0612341401", "tel=0612341401",
    "0612341401 (mobile)", "0612341401 portable", "06 12 34 14 01 - perso", "Tlf. 0612341401",
    "FR +33612341401", "FR: +33 6 12 34 14 01", "skype:+33612341401", "# 0612341401",
    "→ 0612341401", "++33612341401", "+0033 6 12 34 14 01", "06'12'34'14'01", "06:12:34:14:01",
    "Perso 06 12 34 14 01", "tel. +33 (0) 6 12 34 14 01", "06 12 34 14 01 (port.)",
)  # fmt: skip
REFUSED = (
    "🚫 0612341401", "0612341401 ❌", "Fax 0612341401", "Fax: 06 12 34 14 01", "Maman 0612341401",
    "0612341401 ne plus appeler", "06 12 34 14 01 poste 3", "061234140¹", "06 12 ** ** 01",
    "0612341401?", "06 12 34 14 0l", "0612341401 (fax)", "0612341401 ext", "0612341401 x12",
    "no +33612341401",
)  # fmt: skip


@pytest.mark.parametrize("text", [*HARMLESS, *LABELS])
def test_what_surrounds_a_number_is_left_out(text: str) -> None:
    parsed = parse_number(text, "FR", RULES)
    assert (parsed.phone_number, parsed.reason) == (NUMBER, None)


@pytest.mark.parametrize("text", REFUSED)
def test_what_may_mean_something_rejects_the_cell(text: str) -> None:
    assert parse_number(text, "FR", RULES).reason in {Reason.NOT_A_NUMBER, Reason.TOO_SHORT}


def test_a_column_reads_them_like_each_cell_alone() -> None:
    texts = [*HARMLESS, *LABELS, *REFUSED]
    numbers = ColumnParser(RULES).parse(pa.array(texts), "FR").phone_numbers.tolist()
    assert numbers == [NUMBER] * len((*HARMLESS, *LABELS)) + [0] * len(REFUSED)
