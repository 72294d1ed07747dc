"""Reads csv, tsv and txt into a table."""

from dataclasses import dataclass

from bulksms.errors import UndecodableText
from bulksms.finding import Finding
from bulksms.loader.byte_source import ByteSource
from bulksms.loader.delimited.decoded import DecodedText
from bulksms.loader.delimited.dialects import Dialect, detect_dialect
from bulksms.loader.delimited.encodings import detect_encoding
from bulksms.loader.delimited.fast import read_with_arrow
from bulksms.loader.delimited.strict import read_strictly
from bulksms.loader.interface import ReadOptions
from bulksms.loader.sheet_table import Table

__all__ = ["DelimitedTable", "read_delimited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DelimitedTable:
    """A table, with the encoding and the separator it was read with."""

    table: Table
    encoding: str
    delimiter: str | None
    findings: tuple[Finding, ...]


def read_delimited(source: ByteSource, name: str, options: ReadOptions) -> DelimitedTable:
    """Read a delimited text into columns.

    Raises:
        LoadError: the encoding or the quotes are not what they should be.
        UsageError: the chosen delimiter is not one character.
    """
    encoding = detect_encoding(source, options.encoding, name)
    text = DecodedText(source=source, encoding=encoding, name=name)
    dialect, dialect_findings = detect_dialect(text.lines(), options)
    table, findings = _read(text, dialect, options.max_rows)
    return DelimitedTable(
        table=table,
        encoding=encoding.name,
        delimiter=dialect.separator if len(table.header) > 1 or options.delimiter else None,
        findings=(*encoding.findings, *dialect_findings, *findings),
    )


def _read(
    text: DecodedText, dialect: Dialect, max_rows: int | None
) -> tuple[Table, tuple[Finding, ...]]:
    """Read a text fast or else strictly, with findings about zero bytes and line ends."""
    simple = read_with_arrow(text, dialect, guarded=True, max_rows=max_rows)
    if simple is not None:  # there is no zero byte in it
        return simple, ()
    try:
        table, findings = read_strictly(text, dialect, guarded=True, max_rows=max_rows)
    except UnicodeEncodeError as error:
        raise UndecodableText(
            f"{text.name}: read as {text.encoding.name} it has halves of characters;"
            " give the right --encoding.",
            code="encoding_halves",
            encoding=text.encoding.name,
        ) from error
    return table, (*_nul_findings(text), *findings)


def _nul_findings(text: DecodedText) -> tuple[Finding, ...]:
    if text.encoding.codec.startswith(("utf-16", "utf-32")):
        return ()
    zeros = sum(chunk.count(0) for chunk in text.source.chunks() if b"\0" in chunk)
    if not zeros:
        return ()
    message = f"{zeros:,} zero bytes are inside cells; each is shown as \ufffd."
    return (Finding(code="nul_bytes", message=message, count=zeros),)
