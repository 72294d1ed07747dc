"""Says on the page why nothing of a campaign leaves, and until when."""

from datetime import tzinfo

from bulksms.pages.languages import Language
from bulksms.sender import StopCause
from bulksms.use_cases.send.why_waiting import WaitCause, Waiting
from bulksms.web.words.sending_times import city_of

__all__ = ["EXPLAINED", "waiting_words"]

DAY_AND_TIME, TIME = "d MMM y, HH:mm", "HH:mm:ss"
# Ends of which the page says everything in words of its own.
EXPLAINED = frozenset(
    each.value
    for each in (
        *(StopCause.ORDER, StopCause.HOURS, StopCause.UNDELIVERED),
        *(StopCause.DOUBT, StopCause.CAMPAIGN),
    )
)


def waiting_words(waiting: Waiting, zone: tzinfo, language: Language, *, running: bool) -> str:
    """Explain it in one or two sentences; `running` is whether a process posts the campaign."""
    _ = language.catalogue.gettext
    sentences = {
        WaitCause.HOURS: _(
            "Nothing is sent at this hour: marketing must not disturb people. The sending goes on "
            "by itself on %(until)s (%(zone)s)."
        )
        if running
        else _("It can go on from %(until)s (%(zone)s)."),
        WaitCause.ACCOUNT: _(
            "Nothing is sent yet: this account is sending another campaign, %(campaign)s. This one "
            "begins by itself when that one is done."
        ),
        WaitCause.FIRST_ANSWER: _(
            "Octopush has had the first request since %(since)s. The others are sent when it is "
            "accepted. If there is no answer by %(until)s, it is in doubt, and you decide."
        ),
        WaitCause.ANSWER: _(
            "Octopush has had request %(frame)s since %(since)s. If there is no answer by "
            "%(until)s, it is in doubt, and you decide."
        ),
        WaitCause.RETRY: _(
            "Octopush did not take request %(frame)s at %(since)s. It is tried again by itself, "
            "at %(until)s at the latest."
        ),
        WaitCause.RECEIPTS: _(
            "%(failed)s of the %(final)s texts with a final receipt did not reach their phone; "
            "the limit is %(limit)s. The rest waits until you continue."
        ),
        WaitCause.NO_WORKER: _(
            "Nothing is sent: this campaign waits for a worker, and none is running. Ask the "
            "person who set bulksms up to start one (bulksms worker)."
        ),
        WaitCause.OTHER_WORKERS: _(
            "Nothing is sent: none of the workers that are running sends this campaign, as when "
            "they serve another account. Ask the person who set bulksms up to start one with its "
            "account (bulksms worker)."
        ),
    }
    return sentences[waiting.cause] % _values(waiting, zone, language)


def _values(waiting: Waiting, zone: tzinfo, language: Language) -> dict[str, str]:
    """Return the values of the sentences, as they are written in a language."""
    form = DAY_AND_TIME if waiting.cause is WaitCause.HOURS else TIME
    values = {"zone": city_of(zone, language), "campaign": waiting.campaign or ""}
    if waiting.since is not None:
        values["since"] = language.clock(waiting.since, zone, form)
    if waiting.until is not None:
        values["until"] = language.clock(waiting.until, zone, form)
    if waiting.frame is not None:
        values["frame"] = str(waiting.frame)
    if waiting.share is not None:
        values |= {
            "failed": language.number(waiting.share.failed),
            "final": language.number(waiting.share.final),
            "limit": language.percent(waiting.share.limit / 100),
        }
    return values
