"""Numbers of one's own, and of colleagues, who get the first and the last text as seeds."""

from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np

from bulksms.columnar.arrays import is_in_sorted
from bulksms.contacts.phones.display import rejection_sentence
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber, parse_number
from bulksms.errors import RuleError
from bulksms.money import round_to_cents
from bulksms.plan.make_plan import Plan
from bulksms.plan.opt_out_files import read_guest_lists

__all__ = ["MOST_SEEDS", "announce_seeds", "read_own_number", "seed_numbers", "seeds_cost"]

MOST_SEEDS = 100  # colleagues, not another list


def read_own_number(plan: Plan, number: str) -> ParsedNumber:
    """Read a number of one's own by the rules of all others; a guest list holds for it too.

    Raises:
        RuleError: it cannot be texted.
    """
    asked = plan.request.rules
    rules = NumberRules(allow_landlines=asked.allow_landlines, rehearsal=asked.rehearsal)
    region = asked.region
    judged = parse_number(number, region, rules)
    if judged.reason is not None:
        raise RuleError(
            rejection_sentence(judged.reason, number, region),
            code="own_number_invalid",
            number=number,
        )
    guests = read_guest_lists(plan.request.guests, region)
    if guests is not None and not guests.has(np.array([judged.phone_number])).all():
        raise RuleError(
            f"{number} is not on the guest list, and only guests are texted: add it.",
            code="own_number_not_guest",
            number=number,
        )
    return judged


def seed_numbers(plan: Plan, seeds: Sequence[str]) -> tuple[str, ...]:
    """Read seeds as E.164, each once, without those who get the text as contacts anyway.

    People who opted out of the list or of all texts get none.

    Raises:
        RuleError: a seed cannot be texted, is not a guest, or there are too many.
    """
    if not seeds:
        return ()
    parsed = [read_own_number(plan, each) for each in seeds]
    numbers = {own.phone_number: own.e164 for own in parsed}
    if len(numbers) > MOST_SEEDS:
        raise RuleError(
            f"There are {len(numbers):,} seeds, and {MOST_SEEDS} are allowed: put the others into "
            "the list.",
            code="too_many_seeds",
            limit=MOST_SEEDS,
        )
    seeds_sorted = np.array(sorted(numbers), dtype=np.int64)
    in_list = (plan.phone_numbers, plan.screened.refusing_numbers)
    left_out = {
        int(number) for each in in_list for number in each[is_in_sorted(each, seeds_sorted)]
    }
    return tuple(e164 for number, e164 in numbers.items() if number not in left_out)


def announce_seeds(plan: Plan, seeds: Sequence[str], note: Callable[[str], None]) -> Decimal:
    """Note which texts seeds get, and how many get none; return what that costs in euros.

    Raises:
        RuleError: a seed cannot be texted, is not a guest, or there are too many.
    """
    if not seeds:
        return Decimal(0)
    numbers = seed_numbers(plan, seeds)
    texts = "the first and the last text" if len(plan.frames) > 1 else "the text"
    cost = seeds_cost(plan, len(numbers))
    price = f", for about {round_to_cents(cost)} EUR more" if cost else ""
    left_out = len(seeds) - len(numbers)
    others = f" Left out, being in the list, opted out or given twice: {left_out}."
    note(f"Seeds that get {texts} too: {len(numbers):,}{price}.{others if left_out else ''}")
    return cost


def seeds_cost(plan: Plan, seeds: int) -> Decimal:
    """Estimate in euros what seeds cost: the first text for each, and the last of several frames.

    Zero where the price is unknown.
    """
    texts = plan.personalised
    if texts is None or plan.price is None or not seeds:
        return Decimal(0)
    with_contacts = [index for index, variant in enumerate(texts.variants) if variant.contacts]
    first = int(texts.marks(with_contacts[0]).argmax())
    rows = [first]
    if len(plan.frames) > 1:
        of_last = texts.marks(with_contacts[-1])
        rows.append(len(of_last) - 1 - int(of_last[::-1].argmax()))
    table = plan.row_table
    countries = [table.countries.values[code] for code in table.columns.countries[rows].tolist()]
    needed = texts.segments[rows].tolist()
    pairs = zip(needed, countries, strict=True)
    return sum((plan.price.cost_of(*pair) for pair in pairs), Decimal(0)) * seeds
