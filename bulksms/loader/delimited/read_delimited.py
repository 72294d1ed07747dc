"""Reads csv, tsv and txt into a sheet."""

from dataclasses import replace
from pathlib import PurePath

from bulksms.errors import EmptySheet, NoSuchSheet, UndecodableText
from bulksms.finding import Finding
from bulksms.loader.byte_source import ByteSource
from bulksms.loader.delimited.decoded import DecodedText
from bulksms.loader.delimited.dialects import Dialect, detect_dialect
from bulksms.loader.delimited.encodings import detect_encoding
from bulksms.loader.delimited.fast import read_with_arrow
from bulksms.loader.delimited.strict import read_strictly
from bulksms.loader.interface import ReadOptions, Sheet, Source
from bulksms.loader.sheet_table import Table

__all__ = ["read_delimited"]


def read_delimited(byte_source: ByteSource, source: Source, options: ReadOptions) -> Sheet:
    """Read a delimited text into columns.

    Raises:
        LoadError: the encoding or the quotes are not what they should be, or there are no rows.
        UsageError: the chosen delimiter is not one character.
    """
    if options.sheet is not None:
        raise NoSuchSheet(
            f'{source.path} is a text file and has no sheet "{options.sheet}": leave out --sheet.',
            code="text_file_without_sheets",
        )
    encoding = detect_encoding(byte_source, options.encoding)
    text = DecodedText(source=byte_source, encoding=encoding)
    dialect, dialect_findings = detect_dialect(text.lines(), options)
    table, findings = _read(text, dialect, options.max_rows)
    if not len(table.rows):
        raise EmptySheet(f"{source.path} has no contacts below the header.", code="list_empty")
    delimiter = dialect.separator if len(table.header) > 1 or options.delimiter else None
    return Sheet(
        source=replace(
            source,
            format=_format(source.path, delimiter),
            encoding=encoding.name,
            delimiter=delimiter,
        ),
        header=table.header,
        rows=table.rows,
        ragged=table.ragged,
        broken=table.broken,
        findings=(*encoding.findings, *dialect_findings, *findings, *table.findings),
    )


def _format(name: str, delimiter: str | None) -> str:
    """Name the format by the suffix, or else by the separator."""
    suffix = PurePath(name).suffix.lower().lstrip(".")
    default = "tsv" if delimiter == "\t" else "csv"
    return suffix if suffix in {"csv", "tsv", "txt"} else default


def _read(
    text: DecodedText, dialect: Dialect, max_rows: int | None
) -> tuple[Table, tuple[Finding, ...]]:
    """Read a text fast or else strictly, with findings about zero bytes and line ends."""
    simple = read_with_arrow(text, dialect, max_rows)
    if simple is not None:  # there is no zero byte in it
        return simple, ()
    try:
        table, findings = read_strictly(text, dialect, max_rows)
    except UnicodeEncodeError as error:
        raise UndecodableText(
            f"{text.source.name}: read as {text.encoding.name} it has halves of characters;"
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
