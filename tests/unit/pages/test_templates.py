import hashlib
from base64 import b64encode

import pytest
from jinja2 import UndefinedError

from bulksms.pages.templates import render, style_sheet
from tests.unit.results.pages import a_page


def test_a_value_is_escaped_wherever_it_is() -> None:
    page = a_page(name="<script>alert(1)</script>", text='"><img src=x onerror=alert(1)>')

    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_name_that_is_missing_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError):
        render("bulksms.results", "report.html.jinja")


def test_the_policy_names_the_sheet_that_is_in_the_page() -> None:
    css, source = style_sheet()
    page = a_page()

    between = page.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(hashlib.sha256(between.encode()).digest()).decode()

    assert between == str(css)
    assert source == f"'sha256-{digest}'"
    assert f"style-src {source}" in page.replace("&#39;", "'")
