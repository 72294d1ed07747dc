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


def faster(name: str, what: str, ours: Spent, peer: Spent, goal: float) -> Row:
    ratio = peer.wall / ours.wall
    return Row(
        name=name,
        what=what,
        ours=seconds(ours),
        peer=seconds(peer),
        ratio=ratio,
        unit="times faster",
        goal=f">= {goal:g}",
        met=ratio >= goal,
    )


def slower(name: str, what: str, ours: Spent, peer: Spent, goal: float) -> Row:
    ratio = ours.wall / peer.wall
    return Row(
        name=name,
        what=what,
        ours=seconds(ours),
        peer=seconds(peer),
        ratio=ratio,
        unit="times its time",
        goal=f"<= {goal:g}",
        met=ratio <= goal,
    )


def smaller(name: str, what: str, ours: Spent, peer: Spent, goal: float) -> Row:
    share = ours.peak / peer.peak
    return Row(
        name=name,
        what=what,
        ours=megabytes(ours),
        peer=megabytes(peer),
        ratio=share,
        unit="of its peak",
        goal=f"<= {goal:g}",
        met=share <= goal,
    )


def within(name: str, what: str, ours: Spent, peer: Spent, goal: int) -> Row:
    return Row(
        name=name,
        what=what,
        ours=megabytes(ours),
        peer=megabytes(peer),
        ratio=ours.peak,
        unit="MB",
        goal=f"<= {goal}",
        met=ours.peak <= goal,
    )


def seconds(spent: Spent) -> str:
    return f"{spent.wall:.2f} s"


def megabytes(spent: Spent) -> str:
    return f"{spent.peak:.0f} MB"
