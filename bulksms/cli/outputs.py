"""No file that is written may be one that is read, or one that is written already."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from bulksms.errors import UsageError

__all__ = ["refuse_overwrites"]

READ = ("optouts", "guest_list", "text_file", "tariff")
WRITTEN = {
    "--rejects-out": "rejects_out",
    "--contacts-out": "contacts_out",
    "--save-map": "save_map",
    "--results": "results",
    "--contact-results": "contact_results",
}


def refuse_overwrites(files: Iterable[str], given: Mapping[str, Any]) -> None:
    """See that writing the files asked for destroys none of those that are read.

    Raises:
        UsageError: an option names a file that another one, or the list itself, names as well.
    """
    told = [value for name in READ if (value := given.get(name))]
    read = [*files, *(one for value in told for one in _each(value))]
    written = {name: Path(given[key]) for name, key in WRITTEN.items() if given.get(key)}
    for name, path in written.items():
        if any(_same(path, Path(one)) for one in read if str(one) != "-"):
            raise UsageError(f"{name} {path} would overwrite a file that is read: name another.")
    for (one, path), (other, second) in combinations(written.items(), 2):
        if _same(path, second):
            raise UsageError(f"{one} and {other} both name {path}: give each a file of its own.")


def _each(value: Any) -> Iterable[Any]:  # noqa: ANN401  (a path, or several)
    return value if isinstance(value, (tuple, list)) else (value,)


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)  # also under another name, or in other letters
    except OSError:
        return one.absolute() == other.absolute()
