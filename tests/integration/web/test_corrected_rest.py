"""The rows that a campaign left out are corrected and texted, and no one else is."""

from pathlib import Path

from bulksms.sandbox import SandboxOptions
from tests.integration.web.page_window import PageWindow, window_of_account
from tests.sending import texted_numbers

ROWS = """Prénom;Mobile
Zoé;06 39 98 05 01
Hugo;voir sa fiche
Inès;06 39 98 05 03
Ida;06 39 98 05 0
Paul;06 39 98 05 05
Eva;06 39 98 06
Max;06 39 98 07
"""


def correct(window: PageWindow, draft: str, cells: dict[str, str]) -> None:
    """Give cells of the people's numbers new values."""
    for before, value in cells.items():
        form = f'value="{before}"'
        text = next(
            each for each in window.show(f"{draft}/people").text.split("<form ") if form in each
        )
        fields = {
            name: text.partition(f'name="{name}" value="')[2].partition('"')[0]
            for name in ("list", "sheet", "row", "column", "before")
        }
        answer = window.post(f"{draft}/corrections", {**fields, "value": value})
        assert answer.status == 303


def test_the_corrected_rest_texts_only_those_who_were_left_out(
    tmp_path: Path, ledger_url: str | None
) -> None:
    environment = {"BULKSMS_LEDGER": ledger_url} if ledger_url else {}
    with window_of_account(tmp_path / "home", SandboxOptions(), **environment) as (window, account):
        draft = window.draft_at_the_check("-20%", rows=ROWS)
        campaign = window.send(draft, 3).split("?")[0]
        assert "Correct the rows left out" in window.end_of(campaign)

        rest = window.post(f"{campaign}/rest", {}).location.removesuffix("/people")
        again = window.post(f"{campaign}/rest", {}).location.removesuffix("/people")
        assert again == rest  # a second click makes no second draft
        assert "Go on correcting" in window.get(campaign).text
        assert "The titles take two rows" not in window.show(f"{rest}/people").text
        # One of them turns out to be someone who has the text already.
        correct(window, rest, {"06 39 98 05 0": "06 39 98 05 02", "voir sa fiche": "0639980501"})
        shown = window.show(f"{rest}/text").text
        assert "Bonjour {Prénom}, -20% ce samedi." in shown
        second = window.send(rest, 1).split("?")[0]
        window.end_of(second)

        texted = texted_numbers(account)
        assert sorted(texted) == [f"+3363998050{n}" for n in (1, 2, 3, 5)]
        assert f'<a href="{second}">' in window.get(campaign).text
