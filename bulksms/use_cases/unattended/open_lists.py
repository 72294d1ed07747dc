"""The lists of one run: files of this machine, and files fetched for it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bulksms.errors import BulkSmsError, RuleError, UsageError
from bulksms.octopush.transport import Route
from bulksms.remote import RemoteAccess, fetch_files
from bulksms.settings import Settings
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign

__all__ = ["GivenLists", "Lists", "open_lists"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenLists:
    """Lists to read in place of those that a campaign file names.

    Attributes:
        names: what a file is called in records and sentences, where that is not its path.
        rows: how many rows they must have together; `None` when no one announced it.
    """

    files: tuple[Path, ...]
    names: Mapping[Path, str] = field(default_factory=dict)
    rows: int | None = None


@dataclass
class Lists:
    """The lists of a run; those at addresses are fetched at the first `open`.

    Attributes:
        rows: how many rows they must have together; `None` when no one announced it.
        are_complete: whether the markers of their producers were checked before.
        names: what a file is called in records and sentences, by its path of the moment.
    """

    campaign: SavedCampaign
    settings: Settings
    folder: Path
    rows: int | None = None
    are_complete: bool = False
    names: dict[str, str] = field(default_factory=dict)

    def open(self, sources: Sequence[Path | str]) -> tuple[Path, ...]:
        """Return every list as a file.

        Raises:
            UsageError: an address cannot be used.
            MissingExtra: the driver of an address is not installed.
            LoadError: a list cannot be fetched.
            RuleError: `max_age` is set, and a server does not say how old its list is; or the
                producer of a list has not marked it as complete.
        """
        marker = self.campaign.rules.marker
        if marker is not None and not self.are_complete:
            self.rows = marker.require(map(self._on_this_machine, sources))
        files: dict[Path, None] = {}
        for source in sources:
            files |= dict.fromkeys([source] if isinstance(source, Path) else self._fetch(source))
        return tuple(files)

    def _on_this_machine(self, source: Path | str) -> Path:
        if isinstance(source, Path):
            return source
        raise UsageError(
            f"{self.campaign.at('done_marker')}: done_marker is for files of this machine, and "
            "`files` has an address: leave out one of them."
        )

    def named(self, error: BulkSmsError) -> BulkSmsError:
        """Name the lists in the sentence of an error as people know them."""
        sentence = str(error)
        for path, name in self.names.items():
            sentence = sentence.replace(path, name)
        error.args = (sentence,)
        return error

    def _fetch(self, address: str) -> Iterator[Path]:
        settings = self.settings
        route = Route(proxy=settings.proxy, ca_file=settings.ca_file)
        access = RemoteAccess(proxy=route.proxy, ssl_context=route.ssl_context())
        for fetched in fetch_files(address, self.folder, access):
            if fetched.modified is None and self.campaign.rules.max_age is not None:
                raise RuleError(
                    f"The server does not say how old {fetched.address} is, and max_age asks for "
                    "it: leave out max_age for this list. Nothing was sent."
                )
            self.names[str(fetched.path)] = fetched.address
            yield fetched.path


@contextmanager
def open_lists(
    campaign: SavedCampaign, settings: Settings, given: GivenLists | None
) -> Iterator[Lists]:
    """Provide the lists of a run, with a private folder that is removed at its end."""
    with TemporaryDirectory(prefix="bulksms-", ignore_cleanup_errors=True) as folder:
        names = {} if given is None else {str(path): name for path, name in given.names.items()}
        yield Lists(
            campaign,
            settings,
            Path(folder),
            rows=None if given is None else given.rows,
            are_complete=given is not None,
            names=names,
        )
