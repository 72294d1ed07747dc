"""Step 3 and 4 name rows and columns as the spreadsheet does, and mark what a row inserted."""

from pathlib import Path

from tests.integration.web.page_server import page_server
from tests.integration.web.page_window import PageWindow

ROWS = "Ville;Prénom;Mobile\nLyon;Zoé;06 39 98 05 01\nLille;Maximilien;06 39 98 05 02\nMetz;Ana;1\n"


def test_columns_have_their_letters_and_the_preview_its_names_and_values(tmp_path: Path) -> None:
    with page_server(tmp_path / "home") as server:
        window = PageWindow(server, server.cookie())
        uploaded = window.upload("/lists", "list", "clients.csv", ROWS)
        draft = uploaded.location.removesuffix("/columns")
        people = window.show(f"{draft}/people").text
        window.post(f"{draft}/text", {"text": "Hi {Prénom}, {Ville}. STOP au 30101"})
        text = window.show(f"{draft}/text?preview=longest").text

    assert "B<br>Prénom</th>" in people
    assert "C<br>Mobile</th>" in people
    assert "the first person: Zoé, row 2</option>" in text
    assert "selected>the longest text: Maximilien, row 3</option>" in text
    assert 'Hi <span class="var">Maximilien</span>, <span class="var">Lille</span>. STOP' in text
