"""The options about earlier campaigns, as typed."""

from dataclasses import dataclass

from bulksms.use_cases.prepare.screen_history import HistoryRules, parse_period

__all__ = ["HistoryOptions", "history_rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryOptions:
    """The options for excluding people of earlier campaigns; each field is named like its option.

    `yes` means that the run is unattended.
    """

    again: bool = False
    after_stop: bool = False
    retry_refused: bool = False
    not_again_within: str | None = None
    not_within: str | None = None
    include_dead_numbers: bool = False
    yes: bool = False


def history_rules(options: HistoryOptions) -> HistoryRules:
    """Check the options and make the rules.

    Raises:
        UsageError: a period is not valid.
    """
    same_text, marketing = options.not_again_within, options.not_within
    return HistoryRules(
        again=options.again,
        after_stop=options.after_stop,
        retry_refused=options.retry_refused,
        same_text_within=None if same_text is None else parse_period(same_text),
        marketing_within=None if marketing is None else parse_period(marketing),
        unattended=options.yes,
        include_dead=options.include_dead_numbers,
    )
