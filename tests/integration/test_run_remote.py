"""`bulksms run` with lists at addresses."""

import tempfile
from pathlib import Path

import pytest

from tests.integration.file_server import server
from tests.integration.machine import PEOPLE, Answer, Machine, export

WELCOME = (
    'text = "Bonjour {first_name}, bienvenue. STOP au 30101"\nsender = "SHOP"\nonly_new = true\n'
)


def run(machine: Machine, folder: Path, files: str, *lines: str) -> Answer:
    file = folder / "welcome.toml"
    file.write_text("\n".join([WELCOME, f'files = "{files}"', *lines]), encoding="utf-8")
    return machine.run("run", file, "--json")


def test_a_list_of_a_web_server_is_sent_and_not_kept(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = export(tmp_path / "dump.csv", PEOPLE).read_bytes()
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    with server(content=content) as url:
        answer = run(machine, tmp_path, f"{url}/dump.csv?signature=secret")
        again = run(machine, tmp_path, f"{url}/dump.csv?signature=secret")

    assert answer.code == 0, answer.out
    assert answer.json["files"] == [f"{url}/dump.csv"]
    assert "secret" not in answer.out + answer.err
    assert sorted(machine.texted) == PEOPLE
    assert list(temporary.iterdir()) == []
    assert (again.code, again.json["nothing_new"]) == (0, True)
    status = machine.run("status", answer.json["campaign"], "--json")
    assert status.json["files"] == [f"{url}/dump.csv"]


@pytest.mark.parametrize(
    ("name", "lines", "code", "sentence"),
    [
        ("gone.csv", (), 3, "gone.csv does not exist"),
        ("broken.csv", (), 3, "could not be fetched (HTTP 503)"),
        ("empty.csv", (), 3, "empty.csv"),
        ("unsized.csv", ('max_age = "26h"',), 3, "does not say how old"),
        ("dump.csv", ('max_age = "26h"',), 3, "hours old, and max_age allows 26"),
    ],
)
def test_what_stops_a_remote_list_names_its_address(
    machine: Machine, tmp_path: Path, name: str, lines: tuple[str, ...], code: int, sentence: str
) -> None:
    with server(content=b"" if name == "empty.csv" else b"Mobile\n0639980001\n") as url:
        answer = run(machine, tmp_path, f"{url}/{name}", *lines)

    assert answer.code == code
    message = answer.json["error"]["message"]
    assert sentence in message
    assert f"{url}/{name}" in message
    assert machine.texted == []


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ("http://x.example/dump.csv", "welcome.toml, line 5: http://x.example/dump.csv would"),
        ("dump://x/dump.csv", "Addresses that begin with dump:// are not supported"),
        ("sftp://me:word@x.example/dump.csv", "has a password in the address"),
    ],
)
def test_an_address_that_cannot_be_used_is_wrong_usage(
    machine: Machine, tmp_path: Path, files: str, sentence: str
) -> None:
    answer = run(machine, tmp_path, files)

    assert (answer.code, sentence in answer.json["error"]["message"]) == (2, True), answer.out
