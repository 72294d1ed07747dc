"""Makes a draft of the rows that a campaign left out, so that they are corrected and texted too.

No one gets the text twice: everyone it went to, or may have gone to, is left out for good.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from bulksms.errors import UsageError
from bulksms.ledger import open_ledger
from bulksms.results import Report
from bulksms.results.follow_up import FollowUp
from bulksms.results.result_files import ResultFiles
from bulksms.settings import Settings
from bulksms.use_cases.reporting.reports import rewrite_results
from bulksms.web.drafts.drafts import OPT_OUTS, Draft, DraftStore

__all__ = ["find_rest", "make_rest"]

CHUNK = 1 << 20
# Settings that belong to the list of the campaign, or to when it was sent.
OF_THAT_CAMPAIGN = frozenset(
    {
        *("files", "corrections", "sheet", "encoding", "delimiter", "no_header", "header_row"),
        *("include_hidden", "accept", "send_at", "campaign", "max_rejected", "not_again_within"),
    }
)
# Of a campaign that was not begun on the page.
RECORDED = ("text", "sender", "purpose", "type", "region")


def find_rest(campaign: str, drafts: DraftStore) -> Draft | None:
    """Find the newest draft of the rows that a campaign left out."""
    return next((draft for draft in drafts.all() if draft.rest_of == campaign), None)


async def make_rest(
    report: Report, name: str, drafts: DraftStore, settings: Settings, now: datetime
) -> Draft | None:
    """Make a draft of the rows that can be corrected, under a name; `None` when there is none.

    Raises:
        CampaignNotFound: there is no such campaign.
        InputError: the list cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="bulksms-page-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "list.csv"
        files = ResultFiles(
            results=Path(folder) / "requests.csv",
            follow_ups={FollowUp.TO_CORRECT.value: path},
        )
        await asyncio.to_thread(rewrite_results, report.campaign, files, settings, now)
        if not _has_rows(path):
            return None
        draft = await drafts.create(name, _chunks(path), now, rehearsal=report.rehearsal)
    kept = _settings_of(report.campaign, drafts, draft, settings)
    # The list is ours: its titles are its first row, whatever the cells below them look like.
    draft.save({**kept, "header_row": 1, "not_again_within": "ever", "max_rejected": 100})
    draft.mark_rest_of(report.campaign)
    return draft


def _settings_of(
    campaign: str, drafts: DraftStore, draft: Draft, settings: Settings
) -> Mapping[str, Any]:
    """Return the settings of a campaign: those of its draft, else what the ledger has of them."""
    origin = next((each for each in drafts.all() if each.campaign == campaign), None)
    if origin is not None:
        with suppress(UsageError, OSError):
            if origin.opt_outs:
                shutil.copytree(origin.folder / OPT_OUTS, draft.folder / OPT_OUTS)
            kept = origin.settings()
            return {name: kept[name] for name in kept if name not in OF_THAT_CAMPAIGN}
    with open_ledger(settings.home, settings.ledger) as ledger:
        parameters = ledger.campaigns.get(campaign).parameters
    return {name: parameters[name] for name in RECORDED if parameters.get(name)}


def _has_rows(path: Path) -> bool:
    with path.open(encoding="utf-8-sig") as file:
        return len([line for _, line in zip(range(2), file, strict=False)]) > 1


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
