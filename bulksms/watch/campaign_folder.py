"""The rules of a campaign file for a watched folder: which files are taken, where they go."""

from datetime import timedelta
from pathlib import Path

from bulksms.errors import UsageError
from bulksms.private_files import shared_problem
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.watch.settled_files import IncomingRules
from bulksms.watch.watcher import WatchedFolders

__all__ = ["WORKING", "folders_of", "incoming_rules_of", "refuse_shared_campaign", "refuse_trial"]

WORKING = "working"


def incoming_rules_of(campaign: SavedCampaign, folder: Path) -> IncomingRules:
    """Return which files of a resolved folder are taken: those in `files`, or every list.

    Raises:
        UsageError: the marker is not valid.
    """
    rules = campaign.rules
    named = [Path(name) for name in campaign.files]
    screening = campaign.plan.screening
    return IncomingRules(
        folder=folder,
        settle=rules.settle / timedelta(seconds=1),
        patterns=tuple(path.name for path in named if path.parent.resolve() == folder),
        marker=rules.marker,
        screening_lists=tuple(
            Path(name).absolute() for name in (*screening.optouts, *screening.guest_list)
        ),
        excluded=frozenset(path.resolve() for path in campaign.own_files()),
    )


def refuse_trial(campaign: SavedCampaign) -> None:
    """Refuse a campaign that only shows or tries: its files would count as sent.

    Raises:
        UsageError: it has `dry_run` or `test_to`.
    """
    for name in ("dry_run", "test_to"):
        if getattr(campaign, name):
            raise UsageError(
                f"{campaign.at(name)}: `watch` sends the files that it takes, so {name} cannot "
                "be set: try the campaign with `bulksms run --plan`."
            )


def folders_of(campaign: SavedCampaign, folder: Path) -> WatchedFolders:
    """Describe where files go.

    Raises:
        UsageError: two of the folders are the same, so that a file would run again and again.
    """
    folders = WatchedFolders(
        working=folder / WORKING,
        done=campaign.rules.done_folder or folder / "done",
        failed=campaign.rules.failed_folder or folder / "failed",
    )
    paths = [folder, folders.working, folders.done, folders.failed]
    if len({path.resolve() for path in paths}) < len(paths):
        raise UsageError(
            f"{campaign.path}: done_folder and failed_folder must be two folders of their own, "
            f"and neither {folder} nor its folder {WORKING}."
        )
    return folders


def refuse_shared_campaign(campaign: SavedCampaign) -> None:
    """Refuse a campaign file that those who drop files could replace.

    Anyone who writes it decides what is sent, and may name a command.

    Raises:
        UsageError: another user may write to it or to its folder.
    """
    for path in (campaign.path.absolute().parent, campaign.path):
        problem = shared_problem(path)
        if problem:
            raise UsageError(
                f"{path} cannot be trusted with a campaign, because {problem}: keep the campaign "
                "file in a folder of your own and name it with --campaign-file."
            )
