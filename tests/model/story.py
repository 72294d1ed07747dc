"""A history of chosen steps; the rules of the model are checked after each."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.model.machine import SPELLINGS, CampaignHistory
from tests.model.world import Fault

__all__ = ["TEXT", "Story"]

TEXT = SPELLINGS[0]


class Story(CampaignHistory):
    """A history of chosen steps; the rules of the model are checked after each."""

    folder: Path

    @classmethod
    def in_folder(cls, folder: Path) -> "Story":
        """Begin a story in a folder."""
        return type("StoryInFolder", (cls,), {"folder": folder})()  # type: ignore[no-any-return]

    def make_root(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.folder))

    def run_steps(self, steps: Callable[["Story"], None]) -> None:
        steps(self)
        self.check()

    def check(self) -> None:
        self.nobody_is_texted_twice()
        self.nobody_is_texted_after_opting_out()
        self.the_ledger_tells_the_truth()

    def send_list(
        self,
        text: str = TEXT,
        faults: tuple[Fault, ...] = (),
        which: int = 0,
        *,
        with_file: bool = False,
        unattended: bool = False,
    ) -> None:
        self.send(
            which=which,
            text=text,
            faults=list(faults),
            kill_in=None,
            with_file=with_file,
            unattended=unattended,
        )
        self.check()

    def go_on(self, faults: tuple[Fault, ...] = (), *, retry_refused: bool = False) -> None:
        self.resume(faults=list(faults), kill_in=None, chosen=0, retry_refused=retry_refused)
        self.check()
