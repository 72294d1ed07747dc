"""Which trials there are, and how many of each: a part for every change, the whole at night."""

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

from tests.torture import days, faults, kills, signals, troubles, workers
from tests.torture.gateway import ANSWERS
from tests.torture.judge import Findings
from tests.torture.mutants.gallery import MUTANTS
from tests.torture.orders import Sender

FRAMES = 12
BOTH = ("honoured", "ignored")
MODES = (*BOTH, "proved")
HOURS = (21, 23, 25, 336)
REDIRECTS = (301, 302, 303, 307, 308)
LIMITS = (0, 256, 512, 1024, 2048, 4096, 6144, 8192, 12_288, 16_384, 24_576, 32_768, 65_536)


@dataclass(frozen=True)
class Trial:
    """One trial: its kind, for the figures, and what to do in a folder of its own.

    The folder is in memory, unless it is to be on a real disk.
    """

    kind: str
    act: Callable[[Path], Findings]
    on_disk: bool = False


@dataclass(frozen=True)
class Size:
    """How much is to be done: kills at random, storms at each mode, races in all.

    A `thin` one tries each thing in one server mode, by turns. Of the executed lines it takes
    every so many.
    """

    kills: int
    frames: int = FRAMES
    storms: int = 2
    storm_contacts: int = faults.STORM
    every_line: int = 60
    races: int = 10
    limits: tuple[int, ...] = LIMITS
    days: int = 6
    crossings: tuple[int, ...] = (1, 2, FRAMES // 2, FRAMES)
    apart: int = 12
    instants: int = 1
    thin: bool = False


def sized(wanted: int) -> Size:
    """Choose a size by the number of kills: 1,000 is the whole, 100 the part in CI."""
    if wanted >= 1000:
        limits = tuple(range(0, 66_000, 330))
        return Size(
            kills=wanted,
            storms=20,
            every_line=1,
            races=100,
            limits=limits,
            crossings=tuple(range(1, FRAMES + 1)),
            apart=200,
            days=100,
            instants=8,
        )
    if wanted >= 50:
        return Size(kills=wanted)
    return Size(
        kills=wanted,
        frames=3,
        storms=1,
        storm_contacts=1000,
        every_line=400,
        races=2,
        limits=(512, 16_384),
        crossings=(1, 2, 3),
        apart=2,
        days=2,
        instants=0,
        thin=True,
    )


def trials(size: Size, seed: int, lines: int, answer: float) -> list[Trial]:
    """List every trial.

    `lines` is how many a small campaign executes, `answer` how many seconds one frame takes.
    """
    return [
        *_storms(size, seed),
        *_days(size, seed),
        *_killed(size, seed, answer),
        *_killed_at_points(size, lines),
        *_apart(size, seed, answer),
        *_troubled(size),
        *_signalled(size, seed),
        *_shared(size),
        *_answered(size),
    ]


def _trial(kind: str, act: Callable[..., Findings], mode: str, **options: Any) -> Trial:  # noqa: ANN401
    return Trial(kind, partial(_act, act=act, mode=mode, options=options))


def _act(
    folder: Path, act: Callable[..., Findings], mode: str, options: dict[str, Any]
) -> Findings:
    return act(folder, Sender(), mode, **options)


def _storms(size: Size, seed: int) -> Iterator[Trial]:
    """The longest first, so that no core waits for them at the end."""
    for turn, mode in product(range(size.storms), BOTH):
        options = {"seed": seed + turn, "contacts": size.storm_contacts}
        yield _trial("storms", faults.storm, mode, **options)
    if not size.thin:
        yield _trial("proved storms", faults.storm, "proved", seed=seed)


def _days(size: Size, seed: int) -> Iterator[Trial]:
    for turn in range(size.days):
        trial = _trial("operator days", days.operator_day, BOTH[turn % 2], seed=seed + turn)
        yield replace(trial, on_disk=True)


def _killed(size: Size, seed: int, answer: float) -> Iterator[Trial]:
    for turn in range(size.kills):
        options = {"seed": seed + turn, "frames": size.frames, "answer": answer}
        mode = "proved" if turn % 5 == 4 else BOTH[turn % 2]
        yield _trial("kills", kills.random_kills, mode, **options)
    for turn in range(size.kills // 10):
        yield _trial("parallel kills", kills.parallel_kill, BOTH[turn % 2], seed=seed + turn)


def _killed_at_points(size: Size, lines: int) -> Iterator[Trial]:
    points = list(product(size.crossings, kills.POINTS))
    for turn, (crossing, point) in enumerate(points):
        act = partial(kills.exact_point, point=point, crossing=crossing, frames=size.frames)
        for mode in _modes(size, turn):
            yield _trial("exact points", act, mode)
    for frame in size.crossings:
        act = partial(kills.on_the_wire, frame=frame, frames=size.frames, taken=frame % 2 == 1)
        for mode in _modes(size, frame):
            yield _trial("exact points", act, mode)
    for turn, crossing in enumerate(range(1, lines + 1, size.every_line)):
        yield _trial("exact lines", kills.exact_line, BOTH[turn % 2], crossing=crossing)


def _apart(size: Size, seed: int, answer: float) -> Iterator[Trial]:
    """Try some of it with the provider that was written apart from the sandbox."""
    for turn in range(size.apart):
        options = {"seed": seed + turn, "frames": size.frames, "answer": answer, "apart": True}
        mode = MODES[turn % len(MODES)]
        yield _trial("kills with a provider written apart", kills.random_kills, mode, **options)
    for turn, answer_kind in enumerate(ANSWERS):
        act = partial(faults.answered_apart, manner=answer_kind)
        for mode in (MODES[turn % len(MODES)],) if size.thin else MODES:
            yield _trial("answers of a provider written apart", act, mode)


def _modes(size: Size, turn: int) -> tuple[str, ...]:
    """Say in which server modes something is tried."""
    return (BOTH[turn % 2],) if size.thin else BOTH


def _troubled(size: Size) -> Iterator[Trial]:
    for turn in range(size.races):
        yield _trial("races", troubles.race, BOTH[turn // 2 % 2], late=turn % 2 == 1)
    for hours in HOURS[1:2] if size.thin else HOURS:
        for mode in ("proved", "ignored"):
            yield _trial("late resumes", troubles.aged, mode, hours=hours)
    for limit in size.limits:
        yield _trial("full disks", troubles.disk_full, "ignored", limit=limit)
    others = (
        troubles.restored,
        troubles.tampered,
        troubles.deaf_reader,
        troubles.stop_said_late,
        troubles.dearer,
        troubles.out_of_credit,
    )
    for turn, act in enumerate(others):
        for mode in _modes(size, turn):
            yield _trial("others", act, mode)


def _signalled(size: Size, seed: int) -> Iterator[Trial]:
    for turn in range(size.instants):
        mode, after = BOTH[turn % 2], 1 + turn % 6
        for order in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            yield _trial("signals", signals.asked_to_stop, mode, order=order, after=after)
        for act in (signals.asked_twice, signals.closed_pipe, signals.frozen):
            yield _trial("signals", act, mode, after=after)
        for part in range(5):
            yield _trial("signals", signals.killed, mode, seed=seed + turn * 5 + part)


def _shared(size: Size) -> Iterator[Trial]:
    """Let several workers share a campaign on a server, and trouble them."""
    if size.thin:
        for kind in ("killed", "restarted server"):
            yield _trial_of_workers(2, 120, kind)
        return
    if size.kills < 1000:  # each trouble once; most wait for a lease to end
        for count, kind in zip((1, 2, 4, 2, 4), workers.TROUBLES, strict=True):
            yield _trial_of_workers(count, 200, kind)
        return
    for count, kind in product((1, 2, 4), workers.TROUBLES):
        yield _trial_of_workers(count, 500, kind)
    yield Trial("shared campaigns", partial(workers.cut_off, workers=2, frames=500))


def _trial_of_workers(count: int, frames: int, kind: str) -> Trial:
    act = partial(workers.troubled, workers=count, frames=frames, kind=kind)
    return Trial("shared campaigns", act)


def _answered(size: Size) -> Iterator[Trial]:
    for status in REDIRECTS[3:] if size.thin else REDIRECTS:
        yield _trial("redirects", faults.redirect, "ignored", status=status)
    if size.thin:
        return
    for number in faults.codes():
        yield _trial("codes", faults.code, "ignored", number=number)
    for answer in faults.statuses():
        yield _trial("statuses", faults.scripted, "ignored", answer=answer)
    for kind in faults.KINDS:
        yield _trial("faults", faults.scripted, "ignored", answer=kind)


def broken_senders() -> list[Trial]:
    """Try every broken sender, which the bar that it names must catch."""
    return [Trial("broken senders", partial(_catch, index=index)) for index in range(len(MUTANTS))]


def _catch(folder: Path, index: int) -> Findings:
    mutant = MUTANTS[index]
    broken = mutant.broken_bars(folder)
    if mutant.is_caught_by(broken):
        return Findings(runs=1)
    story = f"The broken sender {mutant.sender.name!r} was to break {mutant.bars}; broken: {broken}"
    return Findings(runs=1, misbehaved=1, stories=[story])
