"""Cuts a text in UTF-8 into blocks of whole records that are proven to be plain.

It must not know what the columns mean.
"""

from codecs import BOM_UTF8
from collections.abc import Iterator

from bulksms.loader.delimited.records import Proof, Unplain

__all__ = ["RECORD_BYTES", "plain_blocks"]

RECORD_BYTES = 16 << 20  # a record may not be longer
_LINE_ENDS = b"\r\n"


def plain_blocks(chunks: Iterator[bytes], proof: Proof) -> Iterator[memoryview]:
    """Give the records of a text in blocks, without the line ends behind the last.

    Raises:
        Unplain: the proof fails, or a record is very long, or there is none.
    """
    rest, first = b"", True
    for chunk in _without_end(chunks):
        piece = _without_mark(rest + chunk)
        end = proof.end(piece, last=False)
        rest = piece[end:]
        if len(rest) > RECORD_BYTES:
            raise Unplain
        if end:
            first = False
            yield memoryview(piece)[:end]
    if proof.end(_without_mark(rest), last=True):
        yield memoryview(rest)
    elif first:
        raise Unplain


def _without_mark(block: bytes) -> bytes:
    """Give a block, unless a mark stands in front: Arrow would leave it out, others keep it."""
    if block.startswith(BOM_UTF8):
        raise Unplain
    return block


def _without_end(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Leave out the line ends at the end of the text."""
    held = b""
    for chunk in chunks:
        body = chunk.rstrip(_LINE_ENDS)
        if body:
            yield held + body if held else body
            held = b""
        held += chunk[len(body) :]
        if len(held) > RECORD_BYTES:
            raise Unplain
    if held.count(b"\r") != held.count(b"\r\n"):
        raise Unplain
