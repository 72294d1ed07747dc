"""Finds the lists that a campaign file names: files and patterns."""

import re
from collections.abc import Iterator
from glob import has_magic
from pathlib import Path

from bulksms.errors import UsageError
from bulksms.use_cases.saved_campaign import SavedCampaign

__all__ = ["find_sources"]

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def find_sources(campaign: SavedCampaign) -> tuple[Path, ...]:
    """Return the files that exist now, each once, in the order of `files`; a pattern's by name.

    Raises:
        UsageError: the campaign file names no files, or an address that cannot be read.
    """
    if not campaign.files:
        raise UsageError(f'{campaign.path} names no list: add a line such as files = "*.csv".')
    matches = (path for name in campaign.files for path in _matches(campaign, name))
    return tuple(dict.fromkeys(matches))


def _matches(campaign: SavedCampaign, name: str) -> Iterator[Path]:
    if ADDRESS.match(name):
        raise UsageError(
            f"{campaign.at('files')}: {name!r} is an address, and only files can be read: "
            "fetch it first, and name the file."
        )
    path = Path(name)
    if path.exists():  # also where its name looks like a pattern
        yield path
    elif has_magic(name):
        own = campaign.path.absolute().parent  # whose name may look like a pattern too
        folder = own if path.is_relative_to(own) else Path(path.anchor)
        matches = folder.glob(str(path.relative_to(folder)))
        yield from sorted(match for match in matches if match.is_file())
