"""The sentences of the answer to an access request."""

from collections.abc import Mapping

from bulksms.pages.languages import language_of

__all__ = ["person_words"]


def person_words(code: str) -> Mapping[str, str]:
    """Return the sentences in a language, each by its name."""
    language = language_of(code)
    _, pgettext = language.catalogue.gettext, language.pgettext
    return {
        "pair": _("%(name)s: %(value)s"),
        "title": _("Data held on %(number)s"),
        "made": _(
            "Compiled on %(at)s by bulksms %(version)s from the records of the sender on this "
            "machine. Times are in UTC."
        ),
        "nothing": _("Nothing is held on this number."),
        "messages": _("Messages"),
        "no_messages": _("No campaign has this number."),
        "campaign": _("Campaign %(name)s, prepared on %(at)s"),
        "rehearsal": _("This was a rehearsal: nothing was sent to anyone."),
        "simulation": _("This was a simulation: nothing was sent to anyone."),
        "erased": _(
            "The data of this campaign was erased. A keyed hash of the number is kept so that the "
            "same text is not sent again."
        ),
        "sender": _("Sender shown"),
        "purpose": pgettext("access request", "Purpose"),
        "alert": _("information about an order, an appointment or the like"),
        "wholesale": pgettext("access request", "marketing"),
        "send_at": _("Scheduled for"),
        "text": _("Text"),
        "state": _("Outcome"),
        "posted_at": _("Handed to Octopush on"),
        "ticket": _("Reference at Octopush"),
        "receipt": _("Delivery report"),
        "other_receipts": _("Delivery reports of messages that are in no campaign"),
        "file": _("Source of the data"),
        "row": _("Row %(row)s"),
        "left_out": _("not texted"),
        "sent": _("accepted by Octopush for sending"),
        "simulated": _("simulated"),
        "failed": _("refused by Octopush"),
        "in_doubt": _("unknown: Octopush gave no certain answer"),
        "not_attempted": _("not sent"),
        "opt_out": _("Objection to messages"),
        "opted_out": _("This number is on the list of numbers that are never texted."),
        "not_opted_out": _("No objection is recorded."),
        "by_hash": _("Only a keyed hash of the number is kept for this."),
        "held": _("A person will check this entry; it holds until then."),
        "since": _("Recorded on %(at)s; source: %(origin)s"),
        "added": _("%(at)s: put on the list"),
        "removed": _("%(at)s: taken off the list"),
        "elsewhere": _("Other places"),
        "octopush": _(
            "The messages were sent through Octopush, which keeps records of its own on numbers, "
            "texts and deliveries."
        ),
        "lists": _(
            "The lists named above as sources, and files made from them, are kept apart from "
            "these records."
        ),
    }
