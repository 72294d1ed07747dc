"""Methods that may run twice: they are repeated if the server goes away in the middle."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from bulksms.ledger.storage import Storage

__all__ = ["repeatable"]

P = ParamSpec("P")
R = TypeVar("R")


class _Part(Protocol):
    """A part of a ledger."""

    _storage: Storage


Part = TypeVar("Part", bound=_Part)


def repeatable(method: Callable[Concatenate[Part, P], R]) -> Callable[Concatenate[Part, P], R]:
    """Repeat a method after a restart of the server; it only reads, or sets the same values.

    None of its arguments may be used up by the first try, and it returns nothing lazy.
    """

    @wraps(method)
    def call(part: Part, /, *args: P.args, **kwargs: P.kwargs) -> R:
        storage = part._storage  # noqa: SLF001 - every part has one
        return storage.repeat(lambda: method(part, *args, **kwargs))

    return call
