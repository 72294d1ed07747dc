"""Numbers kept for films, manuals and tests, which nobody owns.

It knows neither cells nor rules: whether such a number is accepted is for `phones` to say.
"""

import re
import tomllib
from functools import cache
from importlib import resources

__all__ = ["any_fiction", "fiction_range"]


def fiction_range(phone_number: str) -> tuple[str, str] | None:
    """Name country and kind of a range kept for fiction, `None` for a real number."""
    if not any_fiction().fullmatch(phone_number):
        return None
    return next(
        (region, kind) for region, kind, kept in _fiction_ranges() if kept.fullmatch(phone_number)
    )


@cache
def any_fiction() -> re.Pattern[str]:
    """Match the whole of such a number, in E.164."""
    return re.compile("|".join(f"(?:{kept.pattern})" for _, _, kept in _fiction_ranges()))


@cache
def _fiction_ranges() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    text = resources.files("bulksms.contacts").joinpath("fiction.toml").read_text("utf-8")
    return tuple(
        (entry["region"], entry["kind"], re.compile(entry["pattern"]))
        for entry in tomllib.loads(text)["range"]
    )
