"""Every error that a person can cause is a sentence on the page, and the page keeps working."""

import asyncio
import hashlib
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from bulksms.web.drafts.drafts import Draft
from bulksms.web.drafts.plan_process import PlanProcess, ReadingInterrupted
from tests.integration.web.page_server import PageServer, page_server
from tests.integration.web.page_window import LIST, PageWindow


@pytest.fixture(scope="module")
def window(server: PageServer) -> PageWindow:
    return PageWindow(server, server.cookie(), "fr")


@pytest.fixture
def draft(window: PageWindow) -> str:
    uploaded = window.upload("/lists", "list", "clients.csv", LIST)
    return uploaded.location.removesuffix("/columns")


def folder_of(server: PageServer, draft: str) -> Path:
    return server.home / draft.lstrip("/")


def test_a_deleted_list_does_not_hide_the_others(
    window: PageWindow, server: PageServer, draft: str
) -> None:
    shutil.rmtree(folder_of(server, draft) / "lists")

    assert window.get("/").status == 200
    assert window.show(f"{draft}/columns").status == 200
    assert window.show(f"{draft}/people").status in (200, 303)


@pytest.mark.parametrize("content", ["files = [", 'files = ["a"]\nno_such_setting = 1'])
def test_a_damaged_campaign_file_is_said(
    window: PageWindow, server: PageServer, draft: str, content: str
) -> None:
    (folder_of(server, draft) / "campaign.toml").write_text(content, encoding="utf-8")

    for step in ("columns", "people", "text", "delivery", "check"):
        answer = window.show(f"{draft}/{step}")
        assert answer.status in (200, 303, 503), step
    failed = window.show(f"{draft}/columns").text
    assert "a pas marché" in failed
    assert f'action="{draft}/delete"' in failed
    assert window.post(f"{draft}/text", {"text": "Bonjour"}).status == 503
    assert window.get("/").status == 200


def test_an_unknown_campaign_is_not_there(window: PageWindow) -> None:
    for action, fields in {
        "orders": {"order": "pause"},
        "continue": {},
        "doubt": {"frame": "1", "settlement": "drop"},
        "resend": {"frame": "1"},
    }.items():
        assert window.post(f"/campaigns/nothing/{action}", fields).status == 404, action
    assert window.get("/campaigns/nothing/files/report.html").status == 404


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_takes_no_file_is_said(window: PageWindow, server: PageServer) -> None:
    window.upload("/lists", "list", "clients.csv", LIST)
    (server.home / "drafts").chmod(0o500)
    try:
        answer = window.upload("/lists", "list", "clients.csv", LIST)
    finally:
        (server.home / "drafts").chmod(0o700)

    assert answer.status == 422


def test_a_list_that_cannot_be_written_beside_is_said(
    window: PageWindow, server: PageServer, draft: str
) -> None:
    (folder_of(server, draft) / "optouts").write_text("a file where a folder belongs")

    answer = window.upload(f"{draft}/optouts", "optouts", "stop.csv", "Mobile\n0639980577\n")

    assert answer.status == 507
    assert "Libérez de la place" in answer.text


def test_a_damaged_ledger_is_said(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with page_server(home) as server:
        window = PageWindow(server, server.cookie(), "fr")
        draft = window.draft_at_the_check("-30%")
        window.show(f"{draft}/check")
        fields = window.show(f"{draft}/check").hidden(f"{draft}/test")
        assert window.post(f"{draft}/test", {**fields, "number": "0639980599"}).status == 303
        for path in home.glob("ledger*"):
            path.write_bytes(b"no database" * 1000)
        window.post(f"{draft}/text", {"text": "Bonjour {Prénom}. STOP au 30101"})

        start = window.get("/")
        steps = {step: window.show(f"{draft}/{step}") for step in ("columns", "people", "text")}
        check = window.show(f"{draft}/check")

    assert start.status == 200
    assert "registre des envois" in start.text
    assert f'href="{draft}/check"' in start.text
    assert [answer.status for answer in steps.values()] == [200, 200, 200]
    assert "registre des envois" in steps["people"].text
    assert "registre des envois" in check.text
    assert 'name="people"' not in check.text


def test_corrections_of_another_list_can_be_given_up(
    window: PageWindow, server: PageServer, draft: str
) -> None:
    shown = window.show(f"{draft}/columns")
    digest = hashlib.sha256(LIST.encode()).hexdigest()
    cell = {"list": digest, "sheet": "", "row": "2", "column": "1"}
    cell |= {"value": "Zoe", "before": "Zoé"}
    window.post(f"{draft}/corrections", cell)
    with (folder_of(server, draft) / "lists" / "clients.csv").open("a", encoding="utf-8") as file:
        file.write("Lou;06 39 98 05 04\n")

    broken = window.show(f"{draft}/columns")
    window.post(f"{draft}/undo", {"all": "1"})

    assert 'id="use_A"' in shown.text
    assert 'id="use_A"' not in broken.text
    assert "Relire la liste sans les corrections" in broken.text
    assert 'id="use_A"' in window.show(f"{draft}/columns").text


def test_a_draft_is_deleted_on_the_first_step(
    window: PageWindow, server: PageServer, draft: str
) -> None:
    assert f'action="{draft}/delete"' in window.get("/").text

    assert window.post(f"{draft}/delete", {}).location == "/"

    assert draft not in window.get("/").text
    assert not folder_of(server, draft).exists()


def test_a_form_address_leads_back_to_its_page(window: PageWindow, draft: str) -> None:
    for form, step in {"send": "check", "optouts": "people", "columns/forget": "columns"}.items():
        assert window.get(f"{draft}/{form}").location == f"{draft}/{step}"
    assert window.get("/lists").location == "/"
    assert window.get("/campaigns/a%20b/orders").location == "/campaigns/a%20b"


@pytest.mark.parametrize("name", ["50% d'été", "a&b", "clients 2026", "é€"])
def test_the_language_is_switched_on_any_address(window: PageWindow, name: str) -> None:
    path = f"/campaigns/{quote(name)}"

    switched = window.get(f"/language/en?next={quote(path.encode(), safe='')}")

    assert switched.location.replace("%27", "'") in (quote(path), path.replace("%27", "'"))


@pytest.mark.parametrize(
    "path", ["//example.com", "/\\example.com", "https://example.com", "/%09/example.com"]
)
def test_the_switch_of_language_leads_to_no_other_site(window: PageWindow, path: str) -> None:
    location = window.get(f"/language/en?next={path}").location

    assert location.startswith("/")
    assert not location.startswith(("//", "/\\", "/\t"))


@pytest.mark.parametrize(
    "reading",
    [{"region": "QQ"}, {"encoding": "klingon"}, {"sheet": "None"}, {"other_row": "9" * 30}],
    ids=str,
)
def test_a_wrong_way_to_read_the_list_can_be_undone(
    window: PageWindow, draft: str, reading: dict[str, str]
) -> None:
    window.post(f"{draft}/reading", {"reading": "1", **reading})

    shown = window.show(f"{draft}/columns")

    assert "Le lire comme avant" in shown.text
    assert window.show(f"{draft}/reading").status == 200
    window.post(f"{draft}/reading", {"reading": "1"})
    assert 'id="use_A"' in window.show(f"{draft}/columns").text


@pytest.mark.parametrize(
    ("row", "column"), [("9" * 5000, "1"), ("0", "1"), ("2", "0"), ("-2", "1")]
)
def test_a_correction_of_no_cell_is_not_kept(
    window: PageWindow, draft: str, row: str, column: str
) -> None:
    cell = {"list": "0" * 64, "sheet": "", "row": row, "column": column}
    cell |= {"value": "0639980501", "before": ""}

    assert window.post(f"{draft}/corrections", cell).status == 404
    assert window.show(f"{draft}/people").status == 200


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "au caractère 1 est seule"),
        ("{Nope}", "Le texte contient {Nope}, mais la liste"),
        ("a" * 5000, "raccourcissez-le"),
    ],
)
def test_a_text_that_cannot_be_used_is_said_in_the_language_of_the_page(
    window: PageWindow, draft: str, text: str, sentence: str
) -> None:
    window.post(f"{draft}/text", {"text": text})

    shown = window.show(f"{draft}/text")

    assert shown.status == 422
    assert sentence in shown.text
    assert "anglais" not in shown.text
    assert window.show(f"{draft}/check").location == f"{draft}/text"


@pytest.mark.parametrize("day", ["9999-12-31", "2999-01-01", "0001-01-01", "today"])
def test_a_day_of_another_age_is_refused(window: PageWindow, draft: str, day: str) -> None:
    window.post(f"{draft}/text", {"text": "Bonjour. STOP au 30101"})
    time = {"when": "date", "other_day": day, "at": "23:59", "sender": "LUMEN"}

    assert window.post(f"{draft}/delivery", time).status == 422


async def end_the_process(plans: PlanProcess) -> None:
    with pytest.raises(ReadingInterrupted):
        await plans.run(os._exit, 1)


def test_lists_are_read_again_after_their_process_was_killed() -> None:
    async def kill_and_read() -> int:
        plans = PlanProcess()
        try:
            await end_the_process(plans)
            return await plans.run(int, "3")
        finally:
            plans.close()

    assert asyncio.run(kill_and_read()) == 3


def test_what_was_interrupted_is_read_again_when_it_is_asked_for_again(tmp_path: Path) -> None:
    draft = Draft(id="0" * 16, folder=tmp_path, changed=datetime(2026, 11, 30, tzinfo=UTC))

    async def read_twice() -> int:
        plans = PlanProcess()
        try:
            with pytest.raises(ReadingInterrupted):
                await plans.read(draft, "as it is", os._exit, 1)
            return await plans.read(draft, "as it is", int, "3")
        finally:
            plans.close()

    assert asyncio.run(read_twice()) == 3


def test_the_process_that_reads_lists_ends_with_a_page_that_is_killed(tmp_path: Path) -> None:
    with page_server(tmp_path / "home") as server:
        window = PageWindow(server, server.cookie())
        window.draft_at_the_check("-20%")
        children = psutil.Process(server.process.pid).children(recursive=True)
        assert children
        server.process.kill()
        server.process.wait()

        _, alive = psutil.wait_procs(children, timeout=20)

    assert alive == []
