"""Writes the bodies of many frames at once: the JSON of their contacts comes out of columns."""

from collections.abc import Iterator, Sequence

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from bulksms.campaign import Frame, Parameters
from bulksms.columnar.arrays import (
    bools_to_arrow,
    ints_from_arrow,
    string_buffers,
    strings_to_arrow,
)
from bulksms.contacts import FIELDS, format_e164
from bulksms.octopush.request import build_body_around

__all__ = ["build_bodies"]

FIRST_PRINTABLE = 0x20  # JSON escapes the characters before it


def build_bodies(frames: Sequence[tuple[Parameters, Frame]]) -> Iterator[bytes]:
    """Write each frame with its parameters, byte for byte as `build_body` does."""
    contacts = pa.concat_tables([frame.table for _, frame in frames])
    offsets, letters = string_buffers(_write_contacts(contacts))
    start = 0
    for parameters, frame in frames:
        end = start + frame.table.num_rows
        recipients = letters[offsets[start] : offsets[end] - 1].tobytes()  # without the last comma
        yield build_body_around(parameters, orjson.Fragment(b"[" + recipients + b"]"))
        start = end


def _write_contacts(contacts: pa.Table) -> pa.LargeStringArray:
    """Write each contact as a JSON object, and a comma after it."""
    members = []
    for name in FIELDS:
        values = contacts[name].combine_chunks()
        if len(string_buffers(values)[1]):
            member = _joined(f'"{name}":"', _escaped(values), '",')
            members.append(pc.if_else(pc.equal(values, _text("")), _text(""), member))
    numbers = format_e164(ints_from_arrow(contacts["phone_number"].combine_chunks()))
    return _joined("{", *members, '"phone_number":"', numbers, '"},')


def _escaped(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """Write texts as they stand between the quotes of JSON; few have anything to escape."""
    offsets, letters = string_buffers(texts)
    is_special = (letters < FIRST_PRINTABLE) | (letters == ord('"')) | (letters == ord("\\"))
    special = np.flatnonzero(is_special)
    if not len(special):
        return texts
    marks = np.zeros(len(texts), dtype=np.bool_)
    marks[np.searchsorted(offsets, special, side="right") - 1] = True
    odd = bools_to_arrow(marks)
    written = [orjson.dumps(text)[1:-1].decode() for text in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(texts, odd, strings_to_arrow(written).cast(texts.type))


def _joined(*parts: str | pa.LargeStringArray) -> pa.LargeStringArray:
    columns = [_text(part) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*columns, _text(""))


def _text(text: str) -> pa.LargeStringScalar:
    return pa.scalar(text, pa.large_string())
