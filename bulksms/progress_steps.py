"""How long work is followed: an observer that is passed down, silent by default."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

__all__ = ["Progress", "Reached", "SilentProgress"]

Reached = Callable[[int], None]
"""Takes how much of a step is done in all; it may be called from any thread."""


class Progress(Protocol):
    """Follows the steps of long work, one at a time."""

    def step(
        self, title: str, total: int | None = None, unit: str = "rows"
    ) -> AbstractContextManager[Reached]:
        """Follow a step while the context is open; `total` is `None` where it is unknown."""


class SilentProgress:
    """Follows nothing."""

    @contextmanager
    def step(self, title: str, total: int | None = None, unit: str = "rows") -> Iterator[Reached]:
        """Ignore the step."""
        del title, total, unit
        yield _ignore


def _ignore(done: int) -> None:
    del done
