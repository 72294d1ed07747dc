"""How phone numbers are shown to people: why one is rejected, and masked for logs."""

from phonenumbers import NumberParseException, parse
from phonenumbers.phonenumberutil import region_code_for_country_code, region_code_for_number

from bulksms.contacts.model import Reason

__all__ = ["FICTITIOUS", "SAME_DIGIT", "masked", "quote_cell", "rejection_sentence"]

SHOWN = 40  # characters of the cell that are quoted
SENTENCES: dict[Reason, str] = {
    Reason.MISSING_NUMBER: "There is no phone number in this row.",
    Reason.NOT_A_NUMBER: "{cell} is not a phone number: write only the number.",
    Reason.TOO_SHORT: "{cell} has too few digits for a number in {region}: check it, "
    "or write it with + and its country code.",
    Reason.TOO_LONG: "{cell} has too many digits for a phone number.",
    Reason.UNKNOWN_COUNTRY: "{cell} has an unknown country code: write the number with + and the "
    "code of its country.",
    Reason.INVALID_NUMBER: "{cell} is not a valid number in {region}: check it, "
    "or write it with + and its country code.",
    Reason.LANDLINE: "{cell} is a landline and cannot receive texts: give a mobile number.",
    Reason.PREMIUM_RATE: "{cell} is a premium-rate number and cannot receive texts: "
    "give a mobile number.",
    Reason.SPECIAL_NUMBER: "{cell} is a service number and cannot receive texts: "
    "give a mobile number.",
    Reason.DIGITS_LOST: "The spreadsheet program has destroyed the digits of {cell}: "
    "format the column as text in the source and export it again.",
    Reason.SEVERAL_NUMBERS: "{cell} holds several numbers, and it is not clear which to text: "
    "keep one.",
}
FICTITIOUS = (
    "{cell} is in a range reserved for fiction, which only a rehearsal accepts: give a real number."
)
SAME_DIGIT = "{cell} repeats one digit and is not a real number: give the real one."


def rejection_sentence(reason: Reason, cell: str, region: str, wording: str = "") -> str:
    """Explain why a cell cannot be texted and what to do; `wording` replaces that of the reason."""
    pattern = wording or SENTENCES[reason]
    shown_region = "this country" if region == "ZZ" else region
    return pattern.format(cell=quote_cell(cell), region=shown_region)


def quote_cell(cell: str) -> str:
    """Quote a cell as a sentence does; a long one is cut."""
    return repr(cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…")


def masked(phone_number: str) -> str:
    """Keep the country and the last two digits of a number in E.164: `FR …01`."""
    try:
        number = parse(phone_number)
    except NumberParseException:
        return f"…{phone_number[-2:]}"
    # A range kept for fiction may have no region; the country code still has one.
    code = number.country_code or 0
    region = region_code_for_number(number) or region_code_for_country_code(code)
    return f"{region} …{phone_number[-2:]}"
