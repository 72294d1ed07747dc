"""One line of the table, and the comparisons most lines make."""

from dataclasses import dataclass

from benchmarks.measure import Spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table; `met` compares the ratio with the goal."""

    name: str
    what: str
    ours: str
    peer: str
    ratio: float
    unit: str
    goal: str
    met: bool


def at_least(  # noqa: PLR0913, PLR0917 - the cells of a line
    name: str, what: str, ours: str, peer: str, ratio: float, unit: str, goal: float
) -> Row:
    return Row(
        name=name,
        what=what,
        ours=ours,
        peer=peer,
        ratio=ratio,
        unit=unit,
        goal=f">= {goal:g}",
        met=ratio >= goal,
    )


def at_most(  # noqa: PLR0913, PLR0917 - the cells of a line
    name: str, what: str, ours: str, peer: str, ratio: float, unit: str, goal: float
) -> Row:
    return Row(
        name=name,
        what=what,
        ours=ours,
        peer=peer,
        ratio=ratio,
        unit=unit,
        goal=f"<= {goal:g}",
        met=ratio <= goal,
    )


def faster(name: str, what: str, ours: Spent, peer: Spent, goal: float) -> Row:
    ratio = peer.wall / ours.wall
    return at_least(name, what, seconds(ours), seconds(peer), ratio, "times faster", goal)


def slower(name: str, what: str, ours: Spent, peer: Spent, goal: float) -> Row:
    ratio = ours.wall / peer.wall
    return at_most(name, what, seconds(ours), seconds(peer), ratio, "times its time", goal)


def smaller(name: str, what: str, ours: Spent, peer: Spent, goal: float) -> Row:
    share = ours.peak / peer.peak
    return at_most(name, what, megabytes(ours), megabytes(peer), share, "of its peak", goal)


def within(name: str, what: str, ours: Spent, peer: Spent, goal: int) -> Row:
    return at_most(name, what, megabytes(ours), megabytes(peer), ours.peak, "MB", goal)


def seconds(spent: Spent) -> str:
    return f"{spent.wall:.2f} s"


def megabytes(spent: Spent) -> str:
    return f"{spent.peak:.0f} MB"
