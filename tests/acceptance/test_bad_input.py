"""Bad input gets one sentence and its exit code; nothing is posted and nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.acceptance.driver import Desk, accepted, export, sandbox

GOOD = "Prénom;Mobile;Ville\nAnne;06 39 98 00 01;Lyon\n"
HELLO = "Bonjour {first_name}. STOP au 30101"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


@dataclass(frozen=True)
class Bad:
    """One thing that is wrong, with the exit code and the words that must be said."""

    what: str
    code: int
    says: tuple[str, ...]
    content: bytes | None = GOOD.encode()
    text: str | None = HELLO
    more: tuple[str, ...] = ("--yes",)
    key: str | None = "test-desk"
    extra: tuple[str, ...] = ()


BADS = [
    Bad("no file", 3, ("people.csv",), content=None),
    Bad("a picture", 3, ("people.csv",), content=PNG),
    Bad("no phone column", 3, ("Prénom", "Ville"), content="Prénom;Ville\nAnne;Lyon\n".encode()),
    Bad("only a header", 3, ("people.csv",), content="Prénom;Mobile;Ville\n".encode()),
    Bad("an empty file", 3, ("people.csv",), content=b""),
    Bad(
        "no one to text", 3, ("too short",), content=b"Mobile\n12\n", text="Bonjour. STOP au 30101"
    ),
    Bad("no credentials", 4, ("BULKSMS_API_KEY", "BULKSMS_API_LOGIN"), key=None),
    Bad("a real key on plain http", 4, ("test-",), key="real-key"),
    Bad("an unknown placeholder", 3, ("{Vile}", "Ville"), text="Salut {Vile}. STOP au 30101"),
    Bad("a broken brace", 3, (), text="Salut {Ville. STOP au 30101"),
    Bad("no STOP mention", 3, ("STOP au 30101",), text="Bonjour {first_name}"),
    Bad("no text", 2, ("--text",), text=None),
    Bad("a bad sender", 2, ("L'Hôtel",), extra=("--sender", "L'Hôtel")),
    Bad("a short sender", 2, ("AB",), extra=("--sender", "AB")),
    Bad(
        "a time that the clock change skips",
        2,
        ("2031-03-30T02:30",),
        extra=("--send-at", "2031-03-30T02:30"),
    ),
    Bad("a past time", 2, ("past",), extra=("--send-at", "2020-03-01T09:00:00+01:00")),
    Bad("no time at all", 2, ("tomorrow",), extra=("--send-at", "tomorrow")),
    Bad("no one to ask", 2, ("--yes",), more=()),
    Bad("a header that is not there", 3, ("Portable",), extra=("--map", "phone_number=Portable")),
    Bad(
        "a column for several texts that is not there",
        3,
        ("--text-by names 'Vile'", "did you mean 'Ville'"),
        extra=("--text-by", "Vile", "--text-for", "Lyon=Salut. STOP au 30101"),
    ),
    Bad("a field that does not exist", 2, ("'foo'", "last_name"), extra=("--map", "foo=Ville")),
    Bad("an encoding that does not exist", 2, ('"foo"', "cp1252"), extra=("--encoding", "foo")),
    Bad("an encoding that is none of text", 2, ('"rot13"',), extra=("--encoding", "rot13")),
    Bad(
        "an encoding that does not fit", 3, ("line 1", "--encoding"), extra=("--encoding", "ascii")
    ),
    Bad("no opt-out file", 3, ("stop.csv",), extra=("--optouts", "stop.csv")),
    Bad("too dear", 3, ("--max-cost",), extra=("--max-cost", "0.01")),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with sandbox(tmp_path_factory.mktemp("server")) as listening:
        yield listening


@pytest.mark.parametrize("bad", BADS, ids=lambda bad: bad.what)
def test_bad_input_gets_one_sentence_and_its_code(
    tmp_path: Path, server: tuple[str, Path], bad: Bad
) -> None:
    url, log = server
    if bad.content is not None:
        (tmp_path / "people.csv").write_bytes(bad.content)
    text = () if bad.text is None else ("--text", bad.text)
    given = ("send", "people.csv", *text, *bad.more, *bad.extra)
    result = Desk(tmp_path, url, bad.key).run(*given)
    assert (result.code, result.out) == (bad.code, ""), result.err
    assert result.err.startswith("Error: "), result.err
    assert result.err.count("\n") == 1, result.err
    for word in bad.says:
        assert word in result.err
    assert accepted(log) == []
    if bad.what != "too dear":
        assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://127.0.0.1:9/v1/public", "real-key"),
        ("http://example.invalid/v1/public", "real-key"),
        ("https://example.invalid/v1/public", "test-key"),
    ],
)
def test_a_key_never_goes_where_it_must_not(tmp_path: Path, url: str, key: str) -> None:
    result = Desk(tmp_path, url, key).run("credit")
    assert result.code == 4, result
    assert result.err.startswith("Error: ")
    assert result.err.count("\n") == 1
    assert key not in result.err


def test_an_address_no_one_listens_on_stops_the_run_and_loses_nothing(tmp_path: Path) -> None:
    result = Desk(tmp_path).run("credit")
    assert result.code == 4, result.err
    assert result.err.startswith("Error: ")
    assert result.err.count("\n") == 1


def test_an_unknown_campaign_is_wrong_usage(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for given in (("status", "spring"), ("report", "spring"), ("resume", "spring")):
        result = desk.run(*given)
        assert result.code == 2, result.err
        assert "spring" in result.err
        assert result.err.count("\n") == 1


def test_the_name_of_another_campaign_is_not_taken_over(tmp_path: Path) -> None:
    with sandbox(tmp_path) as (url, log):
        desk = Desk(tmp_path, url)
        assert desk.send(export(tmp_path / "a.csv", 5), "--campaign", "spring").code == 0
        result = desk.send(export(tmp_path / "b.csv", 9), "--campaign", "spring")
        assert result.code == 3
        assert "--campaign" in result.err
        assert len(accepted(log)) == 1
