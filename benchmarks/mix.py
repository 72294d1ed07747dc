"""A million telephone numbers as a customer list has them: the same ones for the same seed.

85 % are French and the rest Belgian, British, American, Spanish and German, in some forty
spellings; 12 % are landlines, 3 % junk and 5 % duplicates. The numbers are drawn from the plans
at random, may well be someone's, and are only ever computed with: nothing here may be sent.

    python benchmarks/mix.py ROWS > numbers.txt
"""

import random
import sys
from collections.abc import Callable, Iterator

SEED = 2026
COUNTRIES = ("FR", "BE", "GB", "US", "ES", "DE")
WEIGHTS = (85, 4, 4, 2, 3, 2)
LANDLINES, JUNK, DUPLICATES = 0.12, 0.03, 0.05
# Per country: calling code, what is dialled before a national number, mobiles and landlines as
# patterns in which each x is a digit.
PLANS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "FR": ("33", "0", ("6xxxxxxxx", "73xxxxxxx", "76xxxxxxx"), ("1xxxxxxxx", "4xxxxxxxx")),
    "BE": ("32", "0", ("47xxxxxxx", "49xxxxxxx"), ("2xxxxxxx", "9xxxxxxx")),
    "GB": ("44", "0", ("74xxxxxxxx", "78xxxxxxxx"), ("20xxxxxxxx", "161xxxxxxx")),
    "US": ("1", "", ("212xxxxxxx", "415xxxxxxx"), ("305xxxxxxx",)),
    "ES": ("34", "", ("6xxxxxxxx",), ("91xxxxxxx", "93xxxxxxx")),
    "DE": ("49", "0", ("151xxxxxxxx", "170xxxxxxx"), ("30xxxxxxxx", "89xxxxxxxx")),
}
WIDE = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))
JUNKS = (
    "", "-", "n/a", "néant", "inconnu", "voir fiche", "000", "0", "12", "1234", "0612", "+33",
    "########", "à rappeler", "?", "06 12 34", "00000000000000000", "xx xx xx xx xx",
)  # fmt: skip

Spelling = Callable[[str, str, str], str]


def _pairs(digits: str, sign: str) -> str:
    """Write digits as a Frenchman does, two by two from the right."""
    head = len(digits) % 2
    parts = [digits[:head]] if head else []
    return sign.join(parts + [digits[at : at + 2] for at in range(head, len(digits), 2)])


def _national(sign: str) -> Spelling:
    return lambda _, trunk, number: _pairs(trunk + number, sign)


def _abroad(before: str, sign: str, bracket: str = "") -> Spelling:
    return lambda code, _, number: f"{before}{code}{sign}{bracket}{_pairs(number, sign)}"


# A spelling and how often it is met.
SPELLINGS: tuple[tuple[Spelling, float], ...] = (
    (_national(""), 20),
    (_national(" "), 22),
    (_national("."), 8),
    (_national("-"), 4),
    (_national("\u00a0"), 2),
    (_national("\u202f"), 1),
    (_national("/"), 1),
    (_national("  "), 1),
    (_national("\u2011"), 0.5),
    (_national("\u2013"), 0.5),
    (_national(" - "), 0.5),
    (_abroad("+", ""), 12),
    (_abroad("+", " "), 8),
    (_abroad("+", "."), 1),
    (_abroad("+", "-"), 1),
    (_abroad("+", "\u00a0"), 0.5),
    (_abroad("+", "", "(0)"), 2),
    (_abroad("+", " ", "(0)"), 2),
    (_abroad("+", " ", "(0) "), 0.5),
    (_abroad("00", ""), 3),
    (_abroad("00", " "), 2),
    (_abroad("00 ", " "), 1),
    (_abroad("00", ".", "(0)"), 0.3),
    (_abroad("", ""), 2),
    (_abroad("(+", ""), 0.1),
    (lambda code, _, number: f"(+{code}) {_pairs(number, ' ')}", 0.5),
    (lambda code, _, number: f"+{code}/{number}", 0.2),
    (lambda _, __, number: number, 2.5),  # the zero was lost in a spreadsheet
    (lambda _, __, number: f"{number}.0", 2.3),
    (lambda code, _, number: f"{code}{number}.0", 0.3),
    (lambda code, _, number: f"{float(code + number):.2E}", 0.3),
    (lambda _, trunk, number: f"'{trunk}{number}", 1),
    (lambda _, trunk, number: f" {trunk}{number} ", 1),
    (lambda _, trunk, number: f"{trunk}{number};", 0.2),
    (lambda _, trunk, number: f"\u202a{trunk}{number}\u202c", 0.3),
    (lambda _, trunk, number: f"\u200e{trunk}{number}", 0.2),
    (lambda _, trunk, number: (trunk + number).translate(WIDE), 0.2),
    (lambda _, trunk, number: f"Tel: {_pairs(trunk + number, ' ')}", 0.3),
    (lambda code, _, number: f"tel:+{code}-{number}", 0.1),
    (lambda _, trunk, number: f"{_pairs(trunk + number, ' ')} (perso)", 0.4),
    (lambda _, trunk, number: f"{trunk}{number} ext 12", 0.2),
    (lambda _, trunk, number: f"{_pairs(trunk + number, ' ')} / 01 42 68 53 00", 0.4),
)


def _number(chance: random.Random) -> tuple[str, str, str]:
    """Draw a number: its calling code, what is dialled in front, and the rest."""
    code, trunk, mobiles, landlines = PLANS[chance.choices(COUNTRIES, WEIGHTS)[0]]
    patterns = landlines if chance.random() < LANDLINES else mobiles
    pattern = chance.choice(patterns)
    free = pattern.count("x")
    drawn = str(chance.randrange(2 * 10 ** (free - 1), 10**free))
    return code, trunk, pattern[: len(pattern) - free] + drawn


def mixed(rows: int, seed: int = SEED) -> Iterator[str]:
    """Write as many numbers as there are rows."""
    chance = random.Random(seed)
    spellings, weights = zip(*SPELLINGS, strict=True)
    written: list[str] = []
    for _ in range(rows):
        drawn = chance.random()
        if drawn < JUNK:
            yield chance.choice(JUNKS)
        elif drawn < JUNK + DUPLICATES and written:
            yield chance.choice(written)
        else:
            spelling = chance.choices(spellings, weights)[0]
            written.append(spelling(*_number(chance)))
            yield written[-1]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    for text in mixed(int(sys.argv[1])):
        print(text)
