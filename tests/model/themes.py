"""Random episodes of one theme each: an interruption, what happens meanwhile, and how it goes on.

The whole machine mixes everything and meets few things at once. A theme has few kinds of steps,
so that they meet often: each finds its promises once their safeguard is taken out
(`python -m tests.model`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bulksms.ledger import FrameState, open_ledger
from tests.model.machine import (
    CORRECTED_TEXT,
    LISTS,
    OTHER_TEXT,
    PEOPLE,
    SPELLINGS,
    finished_text,
)
from tests.model.story import TEXT, Story
from tests.model.world import Fault, GatewayKind

__all__ = ["THEMES", "Theme", "play_theme"]

Drawn = TypeVar("Drawn")


class Draw(Protocol):
    """Draws from a strategy, as the data of a Hypothesis test do."""

    def __call__(self, strategy: st.SearchStrategy[Drawn]) -> Drawn: ...


Theme = Callable[[Story, Draw], None]

EPISODES = 50
MANY_EPISODES = 80  # of the theme that has the most to draw
# A history takes seconds, so it is not shortened; the failing one is printed whole.
THOROUGH = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=list(HealthCheck),
)

KINDS = (
    *[GatewayKind.HONEST] * 5,
    *[GatewayKind.HOURLY] * 3,
    *[GatewayKind.SAME_PERSON] * 2,
    *(GatewayKind.SAME_WORDS, GatewayKind.FORGETFUL),
)
FAILURES = (
    (Fault.KILLED_AFTER,),
    (Fault.NONE, Fault.KILLED_AFTER),
    (Fault.LOST_AFTER,),
    (Fault.NONE, Fault.LOST_AFTER),
    (Fault.LOST_BEFORE,),
)
# Hours that pass before it goes on, and by how many the clock is wrong then.
NIGHTS = ((0, 0), (2, 0), (2, 0), (2, 0), (25, 0), (25, -5), (30, -10))
INTERRUPTIONS = (
    (),
    (Fault.KILLED_BEFORE,),
    (Fault.KILLED_BEFORE,),  # a frame in doubt, and one that waits
    (Fault.NONE, Fault.KILLED_BEFORE),
    (Fault.NONE, Fault.REFUSED),
    (Fault.NONE, Fault.LOST_BEFORE),
)
UNFINISHED = (
    (Fault.KILLED_BEFORE,),
    (Fault.NONE, Fault.REFUSED),
    (Fault.NONE, Fault.REFUSED),
    (Fault.NONE, Fault.LOST_BEFORE),
)
LISTED = st.integers(0, LISTS - 1)
WAITING = st.integers(PEOPLE // 2, PEOPLE - 1)  # who is in the second frame of the first list
YES = st.booleans()


def play_theme(name: str, folder: Path) -> None:
    """Play random episodes of a theme.

    Raises:
        AssertionError: someone was texted twice, or after a no.
    """

    @settings(
        THOROUGH,
        max_examples=MANY_EPISODES if THEMES[name] is accounts_and_clocks else EPISODES,
    )
    @given(data=st.data())
    def play(data: st.DataObject) -> None:
        THEMES[name](Story.in_folder(folder), data.draw)

    play()


def accounts_and_clocks(story: Story, draw: Draw) -> None:
    """Frames get no answer, and go on at another time, by another clock, or on another account."""
    story.gateway.kind = draw(st.sampled_from(KINDS))
    if story.gateway.kind is GatewayKind.HONEST and draw(st.integers(0, 4)):
        story.believe_in_protection()
    else:
        story.prove_protection()
        story.check()
    for _ in range(draw(st.integers(1, 3))):
        story.set_clock(hours=draw(st.sampled_from((0, 0, 0, 20, 192))))
        faults = draw(st.sampled_from(FAILURES))
        story.send_list(draw(st.sampled_from((TEXT, TEXT, OTHER_TEXT))), faults, draw(LISTED))
        if not draw(st.integers(0, 2)):
            story.change_account()
        hours, error = draw(st.sampled_from(NIGHTS))
        story.pass_time(hours=hours)
        story.set_clock(hours=error)
        _resume(story, -1)
        story.set_clock(hours=0)


def copies_and_restores(story: Story, draw: Draw) -> None:
    """The folder is copied, moved, linked or restored between two sends of one list."""
    story.gateway.kind = GatewayKind.FORGETFUL
    # Without a ledger there would be nothing to notice: two folders would begin anew.
    if draw(st.integers(0, 2)):
        story.send_list(OTHER_TEXT, which=2)
    else:
        story.opt_out(person=draw(WAITING))
    if draw(YES):
        _send_from_copy_and_original(story, draw)
    else:
        _send_around_a_restore(story, draw)


def _send_from_copy_and_original(story: Story, draw: Draw) -> None:
    story.work_on_a_copy()
    if draw(YES):
        story.rebuild()
    story.work_on_a_copy()
    if draw(YES):
        story.move_folder()
    homes = [story.original, story.root / "copy"]
    for home in homes if draw(YES) else reversed(homes):
        story.home = home
        story.send_list()


def _send_around_a_restore(story: Story, draw: Draw) -> None:
    story.back_up()
    if draw(YES):
        story.reach_by_other_path()
    if draw(YES):
        story.opt_out(person=draw(WAITING))
    if draw(YES):
        story.send_list(faults=draw(st.sampled_from(INTERRUPTIONS)))
    story.restore(whole=draw(st.integers(0, 3)) > 0)
    if draw(YES):
        story.reach_by_other_path()
    story.send_list()
    story.rebuild()
    story.send_list(draw(st.sampled_from((TEXT, OTHER_TEXT))))
    _resume(story, -1)


def noes_in_files(story: Story, draw: Draw) -> None:
    """People are written into the opt-out file of a campaign, or opt out, while it waits."""
    story.gateway.kind = GatewayKind.FORGETFUL
    if draw(YES):
        story.note_in_opt_out_file(person=draw(WAITING), list_number=0)
    faults = draw(st.sampled_from(((), (Fault.KILLED_BEFORE,))))
    story.send_list(faults=faults, with_file=draw(st.integers(0, 3)) > 0)
    if draw(st.integers(0, 3)):
        story.note_in_opt_out_file(person=draw(WAITING), list_number=0)
    else:
        story.opt_out(person=draw(WAITING))
    for _ in range(draw(st.integers(1, 2))):
        draw(st.sampled_from((_resume_first, _send_again, _send_other)))(story)


def noes_in_lists(story: Story, draw: Draw) -> None:
    """A list that is sent later says that people must not be contacted; then it goes on."""
    story.gateway.kind = GatewayKind.FORGETFUL
    story.send_list(faults=draw(st.sampled_from(UNFINISHED)))
    story.object_in_list(person=draw(WAITING), list_number=0)
    story.send_list(draw(st.sampled_from((TEXT, OTHER_TEXT, OTHER_TEXT))))
    for _ in range(draw(st.integers(1, 2))):
        draw(st.sampled_from((_resume_first, _retry_first, _resend_first)))(story)


def _send_again(story: Story) -> None:
    story.send_list()


def _send_other(story: Story) -> None:
    story.send_list(OTHER_TEXT)


def _resume_first(story: Story) -> None:
    _resume(story, 0)


def _retry_first(story: Story) -> None:
    _resume(story, 0, retry_refused=True)


def _resend_first(story: Story) -> None:
    story.settle(chosen=0, decision="resend")
    _resume(story, 0)


def words(story: Story, draw: Draw) -> None:
    """One text in several spellings and templates, corrected, retried, and on the eighth day."""
    story.gateway.kind = GatewayKind.FORGETFUL
    story.send_list(draw(st.sampled_from(SPELLINGS)), draw(st.sampled_from(INTERRUPTIONS)))
    days = draw(st.sampled_from((0, 0, 8)))
    story.pass_time(hours=24 * days)
    waits = _has_waiting(story)
    text = draw(st.sampled_from((*SPELLINGS, CORRECTED_TEXT, CORRECTED_TEXT)))
    story.send_list(text, which=draw(LISTED), unattended=draw(YES))
    _resume(story, draw(st.sampled_from((0, -1))), retry_refused=draw(YES))
    if text == CORRECTED_TEXT and waits and not days:
        _check_corrected(story)


def _check_corrected(story: Story) -> None:
    """Check that no one got both the text of a campaign that waited and its correction."""
    texted: dict[bool, set[str]] = {True: set(), False: set()}
    for each in story.gateway.deliveries:
        is_corrected = each.text == finished_text(CORRECTED_TEXT, int(each.phone_number[-4:]))
        texted[is_corrected].add(each.phone_number)
    both = texted[True] & texted[False]
    assert not both, f"got the text and its correction: {sorted(both)[:3]}"


def _has_waiting(story: Story) -> bool:
    with open_ledger(story.home) as ledger:
        records = ledger.campaigns.all()
        return any(ledger.frames.count_by_state(each.id)[FrameState.PLANNED] for each in records)


def _resume(story: Story, chosen: int, *, retry_refused: bool = False) -> None:
    story.resume(faults=[], kill_in=None, chosen=chosen, retry_refused=retry_refused)
    story.check()


THEMES: dict[str, Theme] = {
    "accounts and clocks": accounts_and_clocks,
    "copies and restores": copies_and_restores,
    "noes in files": noes_in_files,
    "noes in lists": noes_in_lists,
    "words": words,
}
