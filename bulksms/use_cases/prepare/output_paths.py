"""Refuses outputs that would destroy what is read or what the program keeps."""

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from bulksms.credential_store import CREDENTIALS_FILE
from bulksms.errors import UsageError
from bulksms.ledger import ledger_file
from bulksms.output.whole_file import is_stream
from bulksms.plan.options import text_files
from bulksms.settings import Settings

__all__ = ["check_outputs", "input_files", "refuse_overwrites"]

# Options that name a file which is read, and options that name one which is written.
INPUTS = ("optouts", "guest_list", "text_file", "tariff", "map_file", "corrections")
OUTPUTS = (
    "rejects_out",
    "contacts_out",
    "save_map",
    "results",
    "contact_results",
    "report",
    "metrics_file",
    "log_file",
)
# Kinds of files that none of them writes: such a name would promise another content.
OTHER_KINDS = frozenset({".doc", ".docx", ".numbers", ".ods", ".pdf", ".xls", ".xlsb", ".xlsm"})
ENDINGS = {"--report": ".html", "--save-map": ".toml", "--metrics-file": ".prom"}  # else a table


def check_outputs(
    options: Mapping[str, Any], settings: Settings, files: Iterable[str | Path] = ()
) -> None:
    """Check that no output overwrites an input, a file of the program or another output.

    `options` are the values of options by their names.

    Raises:
        UsageError: one would.
    """
    outputs = {f"--{name.replace('_', '-')}": options.get(name) for name in OUTPUTS}
    refuse_overwrites(outputs, [*files, *input_files(options)], settings)


def input_files(options: Mapping[str, Any]) -> Iterator[str | Path]:
    """Yield every file that an option names to be read."""
    for name in INPUTS:
        value = options.get(name)
        yield from value if isinstance(value, tuple) else () if value is None else (value,)
    yield from text_files(options.get("text_for", ()))


def refuse_overwrites(
    outputs: Mapping[str, Path | None], inputs: Iterable[str | Path], settings: Settings
) -> None:
    """Check that each output is a file of its own; `outputs` has the option's name as its key.

    Raises:
        UsageError: an output names an input, a file of the program, another output, a kind of file
            that is not written, or standard input.
    """
    # A device or a pipe is only written to, however often it is named.
    written = {name: path for name, path in outputs.items() if path and not is_stream(path)}
    sources = [Path(source) for source in inputs if str(source) != "-"]
    for name, path in written.items():
        _refuse_name(name, path)
        if any(_is_same(path, source) for source in sources):
            raise UsageError(
                f"{name} {path} would overwrite a file that is read: give another name."
            )
        if _is_own(path, settings):
            raise UsageError(
                f"{name} {path} would overwrite a file of bulksms itself: give another name."
            )
    for (name, path), (other, other_path) in combinations(written.items(), 2):
        if _is_same(path, other_path):
            raise UsageError(f"{name} and {other} both name {path}: give each its own file.")


def _refuse_name(name: str, path: Path) -> None:
    """Refuse a name that says what the file will not be."""
    if str(path) == "-":
        raise UsageError(f"{name} needs the name of a file: - is standard input, which is read.")
    if path.suffix.lower() in OTHER_KINDS:
        ending = ENDINGS.get(name, ".csv or .xlsx")
        raise UsageError(f"{name} {path} would be no {path.suffix} file: end its name in {ending}.")


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.samefile(other)  # also by a link, or in other letters
    except (OSError, ValueError):
        return os.path.realpath(path) == os.path.realpath(other)


def _is_own(path: Path, settings: Settings) -> bool:
    """Whether a path is the ledger, what is kept beside it, the settings or the key."""
    target = Path(os.path.normcase(os.path.realpath(path)))
    if any(_is_same(path, own) for own in _own_files(settings)):
        return True
    ledger = Path(os.path.normcase(os.path.realpath(_ledger(settings))))
    beside = target.parent == ledger.parent and target.name.startswith(ledger.name)
    return beside or any(target.is_relative_to(folder) for folder in _own_folders(ledger, settings))


def _ledger(settings: Settings) -> Path:
    return ledger_file(settings.home, settings.ledger)


def _own_files(settings: Settings) -> Iterator[Path]:
    yield _ledger(settings)
    yield settings.home / "settings.toml"
    yield settings.home / CREDENTIALS_FILE
    if settings.key_file:
        yield settings.key_file


def _own_folders(ledger: Path, settings: Settings) -> Iterator[Path]:
    """Name the folders of locks, of safety logs outside the state folder, and of bug reports."""
    yield ledger.parent / "locks"
    yield ledger.parent.with_name(f"{ledger.parent.name}-witness")
    yield Path(os.path.normcase(os.path.realpath(settings.home))) / "logs"
