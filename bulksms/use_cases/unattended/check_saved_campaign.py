"""Checks the values of a saved campaign; a wrong one is named by its line in the file."""

import re
from datetime import datetime

from bulksms.contacts import OptOutList
from bulksms.errors import UsageError
from bulksms.notifications.ping import check_ping_url
from bulksms.plan.make_request import make_request, require_range
from bulksms.use_cases.prepare.history_rules import history_rules
from bulksms.use_cases.prepare.identity import check_campaign_name
from bulksms.use_cases.send.posting_options import run_options
from bulksms.use_cases.unattended.saved_campaign import SavedCampaign
from bulksms.use_cases.unattended.schedule import read_schedule

__all__ = ["check_saved_campaign"]

OPTION = re.compile(r"`[^`]*`|--([a-z][a-z-]*)")  # a command is quoted as it is typed


def check_saved_campaign(campaign: SavedCampaign, now: datetime) -> None:
    """Check every value, as `send` does before it reads a list.

    Raises:
        UsageError: a value is not valid; the error names its line.
        InputError: a file that an option names cannot be read.
    """
    read_schedule(campaign)
    error = _first_error(campaign, now)
    if error is None:
        return
    # The setting without which there is no such error; one of the command line has no line.
    for name in campaign.lines:
        if str(_first_error(campaign.without(name), now)) != str(error):
            raise UsageError(f"{campaign.at(name)}: {_in_words_of_file(str(error))}")
    raise error


def _first_error(campaign: SavedCampaign, now: datetime) -> UsageError | None:
    try:
        check_campaign_name(campaign.name)
        history_rules(campaign.history)
        require_range("min-rows", campaign.rules.min_rows, 0)
        require_range("max-rows", campaign.rules.max_rows, 0)
        require_range("max-change", campaign.rules.max_change, 0)
        _ = campaign.rules.marker
        run_options(campaign.posting, campaign.plan.hours)
        if campaign.rules.ping_url is not None:
            check_ping_url(campaign.rules.ping_url)
        make_request(
            campaign.files, campaign.plan, rehearsal=False, stored_optouts=OptOutList(), now=now
        )
    except UsageError as error:
        return error
    return None


def _in_words_of_file(sentence: str) -> str:
    """Name settings as the file does: `max_rejected` for `--max-rejected`."""
    return OPTION.sub(lambda match: (match[1] or "").replace("-", "_") or match[0], sentence)
