"""A year of mornings: every hour and holiday kept, everyone reached once, whatever the night did.

The judge knows people's clocks and holidays from a table written by hand.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.integration.clocks import BY_DIGITS
from tests.integration.nights import Night, write_dump

PARIS = ZoneInfo("Europe/Paris")
WELCOME = """\
files = "dump.csv"
text = "Bonjour {Prénom}, bienvenue. STOP au 30101"
sender = "SHOP"
only_new = true
wait = true
start_within = "3h"
max_age = "23h"
max_change = "20%"
min_rows = 60
"""
# Days on which a new customer appears: both changes of the clock, Sundays, holidays and bridges.
DAYS = [
    date(2026, 1, 1),  # New Year
    date(2026, 3, 28),  # the night after it the clocks go forward, on a Sunday
    date(2026, 4, 5),  # Easter
    date(2026, 4, 30),  # the day before the First of May, a Friday
    date(2026, 5, 13),  # before Ascension
    date(2026, 5, 24),  # Whit Sunday
    date(2026, 7, 13),  # before the 14th of July
    date(2026, 8, 14),  # before a Saturday that is a holiday, and a Sunday
    date(2026, 10, 24),  # the night after it the clocks go back, on a Sunday
    date(2026, 10, 31),  # before All Saints, a Sunday
    date(2026, 12, 24),
    date(2026, 12, 31),
]
MORNINGS = 3  # from each of these days on
# What goes wrong, by the day and the morning after it.
SKIPPED, TWICE, LATE, EMPTY, HALF = "skipped", "twice", "late", "empty", "half"
MISHAPS = {
    (date(2026, 1, 1), 1): SKIPPED,
    (date(2026, 3, 28), 1): TWICE,
    (date(2026, 4, 30), 2): EMPTY,
    (date(2026, 5, 13), 2): LATE,
    (date(2026, 7, 13), 2): HALF,
    (date(2026, 10, 24), 1): TWICE,
    (date(2026, 10, 31), 2): EMPTY,
    (date(2026, 12, 24), 2): LATE,
}
# With a key that is not for rehearsals numbers for films are not taken, so the people are the
# examples that libphonenumber has for countries near Paris.
ZONES = {"Berlin", "Brussels", "Luxembourg", "London", "Dublin", "Amsterdam", "Rome", "Warsaw",
         "Zurich", "Athens", "Bucharest"}  # fmt: skip
PEOPLE = [
    digits
    for digits, person in BY_DIGITS.items()
    if person.zones[0].partition("/")[2] in ZONES or "Europe/Madrid" in person.zones
]
OLD = [PEOPLE[0]] * 60  # rows that no newcomer is in


def test_a_year_of_mornings(tmp_path: Path) -> None:
    night = Night(tmp_path, WELCOME, datetime(2026, 1, 1, tzinfo=PARIS), key="real-key")
    appeared: dict[int, datetime] = {}
    codes: dict[tuple[date, int], int] = {}
    for day, newcomer in zip(DAYS, PEOPLE, strict=True):
        for offset in range(MORNINGS):
            morning = datetime.combine(day + timedelta(offset), time(6, 30), tzinfo=PARIS)
            night.clock.at = morning.astimezone(UTC)
            mishap = MISHAPS.get((day, offset))
            appeared.setdefault(newcomer, morning)
            if mishap is SKIPPED:
                continue
            if mishap is not LATE:
                write_dump(night.dump, [] if mishap is EMPTY else OLD + list(appeared), morning)
            if mishap is HALF:
                night.dump.write_bytes(night.dump.read_bytes()[:-250])
            codes[day, offset] = night.run().exit_code
            if mishap is TWICE:
                assert night.run().exit_code == codes[day, offset]

    assert night.api.texted == sorted(PEOPLE)
    complaints = [BY_DIGITS[number].complaint(at) for number, at in night.api.taken]
    assert complaints == [None] * len(PEOPLE)
    for number, at in night.api.taken:
        assert timedelta() < at - appeared[number] < timedelta(days=4)
        assert at.astimezone(PARIS).hour in {7, 8, 9}
    stopped = {mishap for at, mishap in MISHAPS.items() if codes.get(at) == 3}
    assert stopped == {LATE, EMPTY, HALF}
    assert {codes[day, 0] for day in DAYS if day.isoweekday() == 7} == {3}
