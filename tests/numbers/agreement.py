"""Does the number table say what `phonenumbers` says? Counts what it proves and where they differ.

And does a column that is parsed in blocks give what the library alone gives for each text?

`python -m tests.numbers.agreement --mutated 250000 --mix 1000000` (or `make tables-check`).
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from benchmarks.mix import mixed
from bulksms.contacts.numbers import SHIPPED, NumberTable, load_number_table, prepare
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber, parse_number
from bulksms.contacts.phones.parse_columns import ColumnParser
from tools.number_table import compile_table

REGIONS = ("FR", "BE", "GB", "DE", "ES", "CH", "LU", "PT")
# What the library skips between digits, and the table never sees.
PROVABLE = re.compile(r"(\+?)([0-9 .\-()/\u00a0]+)")
BEFORE = ("+", "+", "", "", "0", "00", "000", "+0", "1", "8", "06", "15")
AFTER_CODE = ("", "", "0", "00", "1", "8", "06", "15")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many texts were proved, and those on which table and library differ."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


@cache
def fresh_table() -> NumberTable:
    """The shipped table, or one made now when other metadata is installed."""
    return load_number_table(SHIPPED) or compile_table()


@cache
def examples() -> tuple[PhoneNumber, ...]:
    """Every example number of the metadata, of every type and region."""
    kinds = PhoneNumberType.values()
    numbers = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in kinds
    ]
    numbers += [
        phonenumbers.example_number_for_non_geo_entity(code)
        for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    ]
    return tuple(number for number in numbers if number is not None)


def renderings(number: PhoneNumber) -> Iterator[str]:
    """Write a number in eight ways."""
    for style in (
        PhoneNumberFormat.E164,
        PhoneNumberFormat.INTERNATIONAL,
        PhoneNumberFormat.NATIONAL,
        PhoneNumberFormat.RFC3966,
    ):
        yield phonenumbers.format_number(number, style)
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    yield f"00{written[1:]}"
    yield written[1:]
    yield phonenumbers.national_significant_number(number)
    yield f"+{number.country_code} (0) {phonenumbers.national_significant_number(number)}"


def mutated(times: int, seed: int) -> Iterator[tuple[str, str]]:
    """Spoil example numbers: a text and the region it is read in, half of them of that region."""
    dice = random.Random(seed)
    by_code: dict[int, list[PhoneNumber]] = {}
    for example in examples():
        by_code.setdefault(example.country_code or 0, []).append(example)
    for _ in range(times):
        region = dice.choice(REGIONS)
        own = by_code[phonenumbers.country_code_for_region(region)]
        number = dice.choice(own if dice.random() < 0.5 else examples())
        yield _spoiled(number, dice), region


def _spoiled(number: PhoneNumber, dice: random.Random) -> str:
    digits = list(phonenumbers.national_significant_number(number))
    for _ in range(dice.choice((0, 0, 1, 1, 2))):
        at = dice.randrange(len(digits))
        if dice.random() < 0.6:
            digits[at] = str(dice.randrange(10))
        elif dice.random() < 0.5 or len(digits) < 4:
            digits.insert(at, str(dice.randrange(10)))
        else:
            digits.pop(at)
    code = str(number.country_code) + dice.choice(AFTER_CODE) if dice.random() < 0.6 else ""
    written = f"{code}{''.join(digits)}"
    cut = dice.randrange(1, len(written))
    return f"{dice.choice(BEFORE)}{written[:cut]}{dice.choice(' .-)')}{written[cut:]}"


def compare(table: NumberTable, texts: Iterable[tuple[str, str]], tally: Tally) -> None:
    """Ask both about each text in its region, and note where they differ."""
    for text, region in texts:
        reading = _by_table(table, text, region)
        if reading is None:
            tally.counts["left to the library"] += 1
            continue
        tally.counts["valid" if reading[1] != PhoneNumberType.UNKNOWN else "not valid"] += 1
        library = _by_library(text, region)
        if reading != library:
            tally.differences.append(f"{text!r} in {region}: {reading}, but the library {library}")


def _by_table(table: NumberTable, text: str, region: str) -> tuple[str, int, str] | None:
    written = PROVABLE.fullmatch(text)
    if written is None:
        return None
    digits = re.sub(r"\D", "", written[2])
    abroad = re.match("00[1-9]", digits)  # all of `REGIONS` dial 00
    if abroad and not written[1]:
        digits = digits[2:]
    reading = table.read(digits, None if abroad or written[1] else region)
    if reading is None or len(digits) <= 2:
        return None
    return f"+{reading.code}{digits[reading.dropped :]}", reading.kind, reading.region


def _by_library(text: str, region: str) -> tuple[str, int, str] | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number):
        return written, PhoneNumberType.UNKNOWN, ""
    country = phonenumbers.region_code_for_number(number) or ""
    return written, phonenumbers.number_type(number), country


def parsed_in_blocks(
    texts: list[str], region: str, rules: NumberRules, size: int
) -> list[ParsedNumber]:
    """Parse a column as the program does: block by block, two at a time."""
    if table := load_number_table(rules.table):  # as if the blocks were many
        prepare(table, (table.start(None) or 0, table.start(region) or 0))
    parser, column = ColumnParser(rules), pa.array(texts, pa.string())
    blocks = [column.slice(first, size) for first in range(0, len(column), size)]
    with ThreadPoolExecutor(2) as pool:
        parsed = list(pool.map(lambda part: parser.parse(part, region), blocks))
    return [
        replace(parser.outcomes[code], phone_number=number)
        for block_result in parsed
        for code, number in zip(
            block_result.codes.tolist(), block_result.phone_numbers.tolist(), strict=True
        )
    ]


def compare_parsed(
    texts: Iterable[tuple[str, str]], fast: NumberRules, slow: NumberRules, tally: Tally
) -> None:
    """Parse texts in blocks, and each by itself with rules that use only the library."""
    by_region: dict[str, list[str]] = {}
    for text, region in texts:
        by_region.setdefault(region, []).append(text)
    for region, column in by_region.items():
        outcomes = parsed_in_blocks(column, region, fast, size=3_000)
        for text, parsed in zip(column, outcomes, strict=True):
            library = parse_number(text, region, slow)
            tally.counts["parsed"] += 1
            if parsed != (replace(library, phone_number=0) if library.reason else library):
                tally.differences.append(f"{text!r} in {region}: {parsed}, but alone {library}")


def two_tables(folder: Path) -> tuple[NumberRules, NumberRules]:
    """Return rules with a table, and rules with a stale table, which use only the library."""
    fresh, stale = folder / "fresh.npz", folder / "stale.npz"
    fresh_table().save(fresh)
    replace(fresh_table(), stamp=f"8.0.0 {'0' * 32}").save(stale)
    return NumberRules(table=fresh), NumberRules(table=stale)


def main() -> int:
    """Compare as the command line says; one when anything differs."""
    parser = argparse.ArgumentParser(description="Compare the number table with the library.")
    parser.add_argument("--mutated", type=int, default=250_000)
    parser.add_argument("--mix", type=int, default=1_000_000, help="rows, for each region")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    table, tally = fresh_table(), Tally()
    for region in REGIONS:
        texts = (text for number in examples() for text in renderings(number))
        compare(table, ((text, region) for text in texts), tally)
        compare(table, ((text, region) for text in mixed(options.mix)), tally)
    compare(table, mutated(options.mutated, options.seed), tally)
    with TemporaryDirectory() as folder:
        rules = two_tables(Path(folder))
        compare_parsed(mutated(options.mutated, options.seed), *rules, tally)
        for region in REGIONS:
            texts = (text for number in examples() for text in renderings(number))
            compare_parsed(((text, region) for text in texts), *rules, tally)
            compare_parsed(((text, region) for text in mixed(options.mix // 10)), *rules, tally)
    sys.stdout.write("".join(f"{difference}\n" for difference in tally.differences[:100]))
    sys.stdout.write(f"{dict(tally.counts)}, {len(tally.differences)} disagreements\n")
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main())
