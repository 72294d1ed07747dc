"""Findings about a text, in the language of the reader."""

from collections.abc import Mapping

from bulksms.pages.languages import Language

__all__ = ["text_statements"]


def text_statements(count: int, language: Language) -> Mapping[str, str]:
    """Return the statements by the code of the finding, each for a count."""
    _, n = language.catalogue.gettext, language.catalogue.ngettext
    return {
        "api_rewrites": n(
            "Octopush would change %(count)s text, because of rare signs.",
            "Octopush would change %(count)s texts, because of rare signs.",
            count,
        ),
        "corrected_text": n(
            "%(count)s person already had this text before it was corrected.",
            "%(count)s people already had this text before it was corrected.",
            count,
        ),
        "dear_characters": n(
            "Rare signs make %(count)s text more expensive.",
            "Rare signs make %(count)s texts more expensive.",
            count,
        ),
        "dear_countries": n(
            "Texts to %(count)s country of this list cost more than usual.",
            "Texts to %(count)s countries of this list cost more than usual.",
            count,
        ),
        "foreign_placeholder": _(
            "The text has a placeholder of another program, and people would read it as it is."
        ),
        "link_broken": _("A link in the text does not work."),
        "link_not_https": _("A link in the text is not encrypted."),
        "link_shortener": _(
            "A link in the text uses a public shortener, and carriers block such texts."
        ),
        "many_segments": n(
            "%(count)s text needs many segments, which costs more.",
            "%(count)s texts need many segments, which costs more.",
            count,
        ),
        "over_border": _("Some texts are just long enough to need one segment more."),
        "price_unknown": _(
            "The price of a text to some of these countries is unknown, and may be much higher."
        ),
        "quiet_hours": _("Marketing must not reach these people at this time."),
        "sender_not_allowed": _("Marketing to France does not allow this sender."),
        "sender_replaced": _("Some countries show a number instead of this sender."),
        "stop_mention_missing": _(
            "Marketing to France must say how to refuse it, and this text does not."
        ),
        "text_control_characters": _("The text has invisible signs that phones may show."),
        "text_double_encoded": _("Accents in the text are damaged."),
        "text_escapes": _("The text has signs such as \\n that people would read as they are."),
        "text_html": _("The text has codes of a web page, such as &eacute;."),
        "text_invisible_characters": _("The text has invisible signs, which make it expensive."),
        "text_lost_characters": _(
            "Another program lost letters of the text, or made others of them."
        ),
        "text_unused": _("One of the texts is for no one in this list."),
        "unfilled_placeholder": n(
            "%(count)s finished text still shows a placeholder.",
            "%(count)s finished texts still show a placeholder.",
            count,
        ),
    }
