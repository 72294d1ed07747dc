"""Renders the templates of pages; every value is escaped, whatever the template says of itself."""

import hashlib
from base64 import b64encode
from functools import cache
from importlib.resources import files
from pathlib import PureWindowsPath
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["render", "style_sheet", "template_environment"]


def render(package: str, template: str, **values: Any) -> str:  # noqa: ANN401 - as jinja takes them
    """Render a template of a package."""
    return template_environment(package).get_template(template).render(values)


@cache
def style_sheet() -> tuple[Markup, str]:
    """Return the style sheet, and the source that a content security policy allows it by."""
    text = files(__package__).joinpath("static", "style.css").read_text(encoding="utf-8")
    digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"'sha256-{digest}'"  # noqa: S704 - our own file


@cache
def template_environment(package: str, folder: str = "") -> Environment:
    """Make the templates of a package; the macros of `bulksms/pages` can be imported in them."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package, folder), PackageLoader(__package__, "")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {"code": _mark_code, "basename": _basename}
    return environment


def _mark_code(sentence: str) -> Markup:
    """Mark text between backticks as code; everything is escaped."""
    parts = sentence.split("`")
    return Markup().join(
        Markup("<code>{}</code>").format(part) if number % 2 else part
        for number, part in enumerate(parts)
    )


def _basename(path: str) -> str:
    """Leave the folders out of a path of any system."""
    return PureWindowsPath(path).name or path
