"""What is shown never commands a terminal, and a stream that fails costs one sentence."""

import io
import json
import sys

import pytest

from bulksms.cli.terminal.streams import clean, echo, echo_json
from bulksms.errors import OutputError


class _FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device", text[:0])


class _Ascii(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="ascii")

    def shown(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Élodie, 5 €\n\tok", "Élodie, 5 €\n\tok"),
        ("a\x1b[31mred", "a�[31mred"),
        ("title\x1b]0;x\x07", "title�]0;x�"),
        ("csi\x9b2J", "csi�2J"),
        ("evil\u202efdp.csv", "evil�fdp.csv"),
        ("not text \udcff", "not text �"),
        ("two\u2028lines", "two�lines"),
    ],
)
def test_characters_that_could_command_a_terminal_are_replaced(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_text_is_cleaned_before_it_is_coloured(capsys: pytest.CaptureFixture[str]) -> None:
    echo("file \x1b[2J", fg="red")

    assert capsys.readouterr().out == "file �[2J\n"


def test_a_full_stdout_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", _FullDisk())

    with pytest.raises(OutputError, match=r"standard output \(No space left on device"):
        echo("answer")


def test_a_full_stderr_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", _FullDisk())

    echo("note", err=True)


def test_json_is_ascii_where_the_stream_is_not_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _Ascii()
    monkeypatch.setattr(sys, "stdout", stream)

    echo_json({"name": "Éloïse €"})

    assert json.loads(stream.shown()) == {"name": "Éloïse €"}


@pytest.mark.parametrize("text", ["csi \x9b", "a\u202eb", "not text \udcff"])
def test_json_keeps_every_character_without_commanding_a_terminal(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    echo_json({"path": text})

    shown = capsys.readouterr().out
    assert json.loads(shown) == {"path": text}
    assert clean(shown) == shown
