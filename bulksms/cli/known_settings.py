"""A name in the settings file that nothing reads is a mistake, and may be a costly one."""

from collections.abc import Iterable, Iterator

import click

from bulksms.errors import UsageError
from bulksms.nearest import nearest_hint

__all__ = ["refuse_unknown"]

NO_OPTIONS = frozenset({"allow_synced_folder", "api_key_file", "base_url", "ledger"})
PREFIX = "BULKSMS_"


def refuse_unknown(names: Iterable[str], commands: Iterable[click.Command]) -> None:
    """See that every name of the settings file is a setting, or an option of some command.

    Raises:
        UsageError: one is neither, so that what it was to do would not be done.
    """
    known = sorted(NO_OPTIONS.union(*map(_options, commands)))
    for name in names:
        if name not in known:
            raise UsageError(
                f"The settings file has {name!r}, which is not a setting"
                f"{nearest_hint(name, known)}: correct its name or remove the line."
            )


def _options(command: click.Command) -> Iterator[str]:
    for param in command.params:
        if isinstance(param.envvar, str):
            yield param.envvar.removeprefix(PREFIX).lower()
    if isinstance(command, click.Group):
        for below in command.commands.values():
            yield from _options(below)
