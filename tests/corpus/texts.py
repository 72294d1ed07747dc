"""Delimited text: encodings, separators, line ends, quotes and shape."""

import codecs

from bulksms.errors import EmptySheet, UndecodableText
from bulksms.loader import ReadOptions
from tests.corpus.case import HEADER, ROWS, Case, Rows
from tests.corpus.formats import text

LINES = [HEADER, *ROWS.values()]
PLAIN = text(LINES, separator=";")

# How the bytes are made, the mark before them, and what the reader has to say.
ENCODINGS: dict[str, tuple[str, bytes, str]] = {
    "utf-8": ("utf-8", b"", ""),
    "utf-8-sig": ("utf-8", codecs.BOM_UTF8, ""),
    "utf-16-le-marked": ("utf-16-le", codecs.BOM_UTF16_LE, ""),
    "utf-16-be-marked": ("utf-16-be", codecs.BOM_UTF16_BE, ""),
    "utf-16-le": ("utf-16-le", b"", "utf16_without_bom"),
    "utf-16-be": ("utf-16-be", b"", "utf16_without_bom"),
    "cp1252": ("cp1252", b"", "encoding_guess"),
    "iso-8859-15": ("iso-8859-15", b"", "encoding_guess"),
    "mac-roman": ("mac-roman", b"", "encoding_guess"),
}
EVA = ("0639980005", "Eva", "Nice")
SEPARATORS = {"csv": ";", "tsv": "\t", "txt": "|"}
ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def text_cases() -> list[Case]:
    """Return every case of this family."""
    return [*_encodings(), *_separators(), *_shapes(), *_broken()]


def _encodings() -> list[Case]:
    return [
        Case(
            file=f"encoding-{name}.{suffix}",
            data=mark + text(LINES, separator=separator).encode(codec),
            findings=frozenset({said} - {""}),
        )
        for name, (codec, mark, said) in ENCODINGS.items()
        for suffix, separator in SEPARATORS.items()
    ]


def _separators() -> list[Case]:
    return [
        Case(
            file=f"separator-{ord(separator)}-{name}.txt",
            data=text(LINES, separator=separator, end=end).encode(),
        )
        for separator in ",;\t|"
        for name, end in ENDS.items()
    ]


def _shapes() -> list[Case]:
    footer = "Total;3;\nGenerated on 2026-03-01;;\n"
    cities = {2: ("0639980001", "Zoé", "rue 1\nParis"), 3: ("0639980002", "Ada", "Lyon")}
    return [
        _case("sep-line", "sep=;\n" + PLAIN),
        _case("sep-line-crlf", "sep=|\r\n" + text(LINES, separator="|", end="\r\n")),
        _case("sep-line-odd", "sep=^\n" + text(LINES, separator="^")),
        Case(
            file="title-lines.csv",
            data=f"Export of 2026-03-01\n\nAll shops\n{PLAIN}".encode(),
            rows={number + 3: row for number, row in ROWS.items()},
            findings=frozenset({"title_lines"}),
        ),
        Case(
            file="footer.csv",
            data=(PLAIN + footer).encode(),
            rows={**ROWS, 5: ("Total", "3", ""), 6: ("Generated on 2026-03-01", "", "")},
        ),
        Case(
            file="quoted-newline.csv",
            data=text([HEADER, *cities.values()], separator=";").encode(),
            rows=cities,
        ),
        Case(
            file="ragged.csv",
            data=(PLAIN + "0639980004;Smith;John;Bern\n0639980005\n").encode(),
            rows={**ROWS, 5: ("0639980004", "Smith", "John"), 6: ("0639980005", "", "")},
            ragged=(5,),
        ),
        Case(
            file="blank-rows.csv",
            data=text([HEADER, [], *ROWS.values()], separator=";").encode(),
            rows={number + 1: row for number, row in ROWS.items()},
        ),
        Case(
            file="words-that-mean-nothing-to-us.csv",
            data=b"phone,first_name,city\n0639980001,None,NA\n33639980002.0,null,TRUE\n",
            rows={2: ("0639980001", "None", "NA"), 3: ("33639980002.0", "null", "TRUE")},
        ),
        Case(
            file="guarded-numbers.csv",
            data=b'phone,first_name,city\n"=""0639980001""",Ada,\n\'0639980002,Bo,\n',
            rows={2: ("0639980001", "Ada", ""), 3: ("0639980002", "Bo", "")},
        ),
        Case(
            file="separator-tie.csv",
            data=b"phone;first name,last name\n0639980001;Ada,Ash\n0639980002;Bo,Birch\n",
            header=("phone", "first name,last name"),
            rows={2: ("0639980001", "Ada,Ash"), 3: ("0639980002", "Bo,Birch")},
            findings=frozenset({"separator_tie"}),
        ),
        Case(
            file="gap.csv",
            data=(PLAIN + "\n" * 101 + "0639980004;Ada;Bern\n").encode(),
            rows={**ROWS, 106: ("0639980004", "Ada", "Bern")},
            findings=frozenset({"gap"}),
        ),
        Case(
            file="small-gap.csv",
            data=(PLAIN + "\n" * 100 + "0639980004;Ada;Bern\n").encode(),
            rows={**ROWS, 105: ("0639980004", "Ada", "Bern")},
        ),
        Case(
            file="no-header.csv",
            data=b"0639980001,Ada\n0639980002,Bo\n",
            header=("1", "2"),
            rows={1: ("0639980001", "Ada"), 2: ("0639980002", "Bo")},
            options=ReadOptions(no_header=True),
        ),
        Case(
            file="one-column.txt",
            data=b"phone\n0639980001\n0639980002\n",
            header=("phone",),
            rows={2: ("0639980001",), 3: ("0639980002",)},
        ),
    ]


def _broken() -> list[Case]:
    unclosed = '0639980004;"Jean;Lyon\n0639980005;Eva;Nice\n'
    stray = '0639980004;"Jean "Le Grand"";Lyon\n'
    jean: Rows = {5: ("0639980004", "Jean", "")}
    return [
        _broken_row("unclosed-quote", unclosed, {5: ("0639980004", "Jean", "Lyon"), 6: EVA}),
        _broken_row("unclosed-last", '0639980004;"Jean', jean, "last_line_incomplete"),
        _broken_row("stray-quote", stray, {5: ("0639980004", 'Jean "Le Grand', "Lyon")}),
        _refused("never-in-step", PLAIN + stray * 4, UndecodableText, "line 8: a quote opens"),
        _refused("long-cell", PLAIN + "1;2;" + "x" * 140_000, UndecodableText, "131,072"),
        _refused("empty", "", EmptySheet, "is empty"),
        _refused("only-mark", "\ufeff", EmptySheet, "no contacts"),
        _refused("only-blank-lines", "\n\n \n", EmptySheet, "no contacts"),
        _refused("only-header", "phone;first_name\n", EmptySheet, "no contacts"),
        Case(
            file="not-what-was-said.csv",
            data=PLAIN.encode("cp1252"),
            error=UndecodableText,
            sentence="line 2: the bytes are not utf-8",
            options=ReadOptions(encoding="utf-8"),
        ),
    ]


def _case(name: str, content: str) -> Case:
    return Case(file=f"{name}.csv", data=content.encode())


def _broken_row(name: str, content: str, more: Rows, *findings: str) -> Case:
    return Case(
        file=f"{name}.csv",
        data=(PLAIN + content).encode(),
        rows={**ROWS, **more},
        findings=frozenset({"broken_rows", *findings}),
        broken=(5,),
    )


def _refused(name: str, content: str, error: type[UndecodableText | EmptySheet], say: str) -> Case:
    return Case(file=f"{name}.csv", data=content.encode(), error=error, sentence=say)
