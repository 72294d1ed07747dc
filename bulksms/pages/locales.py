"""The languages of the pages and reports, and the region that writes each."""

from collections.abc import Mapping

__all__ = ["LANGUAGES", "LOCALES"]

# The English pages show 24-hour times and days before months, since the people they are for are
# mostly in Europe.
LOCALES: Mapping[str, str] = {"en": "en_GB", "fr": "fr_FR"}
LANGUAGES = tuple(LOCALES)
