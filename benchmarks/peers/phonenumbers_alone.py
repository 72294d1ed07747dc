"""The phone step as phonenumbers does it: parse, valid, type and format, number by number.

python -m benchmarks.peers.phonenumbers_alone ROWS
"""

import sys
import time

import phonenumbers

from benchmarks.mix import mixed


def judge(text: str) -> tuple[str, int] | None:
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        phonenumbers.number_type(number),
    )


if __name__ == "__main__":
    texts = list(mixed(int(sys.argv[1])))
    start = time.perf_counter()
    judged = [judge(text) for text in texts]
    print(time.perf_counter() - start)
