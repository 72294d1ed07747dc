"""A phone number as it may be shown where people look over one's shoulder, or kept in a log."""

from phonenumbers import NumberParseException, parse
from phonenumbers.phonenumberutil import region_code_for_country_code, region_code_for_number

__all__ = ["masked"]


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
