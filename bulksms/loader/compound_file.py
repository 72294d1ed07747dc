"""Lists the streams of an OLE compound file, the container of old Office documents."""

import struct
from collections.abc import Iterator

__all__ = ["SIGNATURE", "stream_names"]

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY_BYTES = 128
_NAME_BYTES = 64
_SECTOR_SHIFTS = frozenset({9, 12})
_LISTED_TABLES = 109
_MAX_SECTORS = 4_096


def stream_names(data: bytes) -> frozenset[str]:
    """The names of streams and storages, in small letters; none when the file is damaged."""
    try:
        return frozenset(name.lower() for name in _names(data))
    except (struct.error, IndexError, ValueError):
        return frozenset()


def _names(data: bytes) -> Iterator[str]:
    shift = _number(data, 30, "<H")
    if shift not in _SECTOR_SHIFTS:
        raise ValueError(shift)
    size = 1 << shift
    sector, links = _number(data, 48), _Links(data, size)
    for _ in range(_MAX_SECTORS):
        if sector >= len(data) // size:
            return
        start = (sector + 1) * size
        for entry in range(start, start + size, _ENTRY_BYTES):
            length = _number(data, entry + _NAME_BYTES, "<H")
            if 2 <= length <= _NAME_BYTES:  # noqa: PLR2004 - a name and its end
                yield data[entry : entry + length - 2].decode("utf-16-le")
        sector = links.following(sector)


class _Links:
    """The sectors that follow each other."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data, self._size = data, size
        self._tables = struct.unpack_from(f"<{_LISTED_TABLES}I", data, 76)

    def following(self, sector: int) -> int:
        """Return the sector after one; a number out of all bounds after the last."""
        table, index = divmod(sector, self._size // 4)
        return _number(self._data, (self._tables[table] + 1) * self._size + index * 4)


def _number(data: bytes, at: int, form: str = "<I") -> int:
    number: int = struct.unpack_from(form, data, at)[0]
    return number
