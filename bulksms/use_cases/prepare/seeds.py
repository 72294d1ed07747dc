"""Seeds: numbers of colleagues who get the first and the last frame's text, outside the counts."""

from collections.abc import Sequence
from decimal import Decimal

from bulksms.errors import RuleError
from bulksms.message.pricing import MILLION
from bulksms.money import round_to_cents
from bulksms.plan.make_plan import Plan
from bulksms.use_cases.prepare.own_number import read_own_number

__all__ = ["MOST_SEEDS", "describe_seeds", "seed_numbers", "seeds_cost"]

MOST_SEEDS = 100  # colleagues, not another list


def seed_numbers(plan: Plan, seeds: Sequence[str]) -> tuple[str, ...]:
    """Read seeds as E.164, each once, without those who get the text as contacts anyway.

    Whoever opted out of the list, or of all texts, gets none.

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
    left_out = {*plan.contacts["phone_number"], *plan.screened.refusing_numbers}
    return tuple(e164 for number, e164 in numbers.items() if number not in left_out)


def describe_seeds(numbers: Sequence[str], given: int, plan: Plan) -> str | None:
    """Say what seeds get besides the plan, and how many get nothing; `None` without seeds."""
    if not given:
        return None
    texts = "the first and the last text" if len(plan.frames) > 1 else "the text"
    cost = seeds_cost(plan, len(numbers))
    price = f", for about {round_to_cents(cost)} EUR more" if cost else ""
    left_out = given - len(numbers)
    others = f" Left out, being in the list, opted out or given twice: {left_out}."
    return f"Seeds that get {texts} too: {len(numbers):,}{price}.{others if left_out else ''}"


def seeds_cost(plan: Plan, seeds: int) -> Decimal:
    """Estimate in euros what seeds cost: the first text for each, and the last of several frames.

    Zero where the price is unknown.
    """
    if plan.price is None or not seeds:
        return Decimal(0)
    millionths = plan.price.millionths
    last = int(millionths.iloc[-1]) if len(plan.frames) > 1 else 0
    return Decimal((int(millionths.iloc[0]) + last) * seeds) / MILLION
