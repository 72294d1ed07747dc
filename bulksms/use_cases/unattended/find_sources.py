"""Finds the lists that a campaign file names: files, patterns and addresses."""

from collections.abc import Collection, Iterator
from glob import has_magic
from pathlib import Path

from bulksms.errors import UsageError
from bulksms.remote import is_address, refuse_unsafe
from bulksms.use_cases.unattended.in_progress import is_in_progress
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["find_sources"]


def find_sources(campaign: SavedCampaign) -> tuple[Path | str, ...]:
    """Return the files that exist now, each once, in the order of `files`; a pattern's by name.

    An address stays a text: what is there is seen when it is fetched.

    Raises:
        UsageError: the campaign file names no files, or an address that may not be used.
    """
    if not campaign.files:
        raise UsageError(f'{campaign.path} names no list: add a line such as files = "*.csv".')
    matches = (path for name in campaign.files for path in _matches(campaign, name))
    return tuple(dict.fromkeys(matches))


def _matches(campaign: SavedCampaign, name: str) -> Iterator[Path | str]:
    if is_address(name):
        try:
            refuse_unsafe(name)
        except UsageError as error:
            raise UsageError(f"{campaign.at('files')}: {error}") from None
        yield name
        return
    path = Path(name)
    if path.exists():  # also where its name looks like a pattern
        yield path
    elif has_magic(name):
        own = campaign.path.absolute().parent  # whose name may look like a pattern too
        folder = own if path.is_relative_to(own) else Path(path.anchor)
        matches = folder.glob(str(path.relative_to(folder)))
        not_lists = {each.resolve() for each in campaign.own_files()}
        marker = campaign.rules.marker
        for match in sorted(matches):
            is_marker = marker is not None and marker.may_be(match.name)
            if not is_marker and _is_list(match, not_lists):
                yield match


def _is_list(path: Path, not_lists: Collection[Path]) -> bool:
    """Whether a pattern means a file: no opt-outs, no results, nothing that is being written."""
    if is_in_progress(path.name) or not path.is_file():
        return False
    return path.resolve() not in not_lists
