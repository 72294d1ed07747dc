"""The sentence people read beside a rejected row: what is wrong and what to do."""

from bulksms.contacts.model import Reason

__all__ = ["FICTION", "SAME_DIGIT", "sentence"]

SHOWN = 40  # characters of the cell that are quoted
SENTENCES: dict[Reason, str] = {
    Reason.MISSING_NUMBER: "There is no phone number in this row.",
    Reason.NOT_A_NUMBER: "{cell} is not a phone number: leave only the number in the cell.",
    Reason.TOO_SHORT: "{cell} has too few digits for a number of {region}.",
    Reason.TOO_LONG: "{cell} has too many digits for a phone number.",
    Reason.UNKNOWN_COUNTRY: "{cell} belongs to no country we know: write it with + and its code.",
    Reason.INVALID_NUMBER: "{cell} is no number in use in {region}: check it, "
    "or write it with + and its country code.",
    Reason.LANDLINE: "{cell} is a landline and gets no texts: give a mobile number.",
    Reason.PREMIUM_RATE: "{cell} is a premium-rate number and gets no texts: give a mobile number.",
    Reason.SPECIAL_NUMBER: "{cell} is a service number and gets no texts: give a mobile number.",
    Reason.DIGITS_LOST: "The spreadsheet program has destroyed the digits of {cell}: "
    "format the column as text in the source and export it again.",
    Reason.SEVERAL_NUMBERS: "{cell} holds several numbers and it is not clear which to text: "
    "keep one.",
}
FICTION = (
    "{cell} lies in a range reserved for fiction, which is accepted only in a rehearsal: "
    "give a real number."
)
SAME_DIGIT = "{cell} is one digit over and over, which stands for no number: give the real one."


def sentence(reason: Reason, cell: str, region: str, because: str = "") -> str:
    """Tell why a cell cannot be texted and what to do; `because` says it better than the reason."""
    shown = cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…"
    pattern = because or SENTENCES[reason]
    return pattern.format(cell=repr(shown), region="this country" if region == "ZZ" else region)
