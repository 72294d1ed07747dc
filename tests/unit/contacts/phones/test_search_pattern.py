"""A number is found however it is written."""

import re

import pytest

from bulksms.contacts.phones.search_pattern import byte_patterns, search_pattern

NUMBER = 33639981234


@pytest.mark.parametrize(
    "text",
    [
        "+33639981234",
        "0033 6 39 98 12 34",
        "06.39.98.12.34",
        "06-39-98-12-34 (bureau)",
        "+33 (0)6 39 98 12 34",
        "639981234",
        "33639981234.0",
        "3.3639981234E+10",
        "06\u202f39\u202f98\u202f12\u202f34",
        "01 99 00 00 01 / 06 39 98 12 34",
    ],
)
def test_every_spelling_is_found(text: str) -> None:
    assert re.search(search_pattern(NUMBER), text)


@pytest.mark.parametrize("text", ["06 39 98 12 35", "06399812345", "0639 98123", ""])
def test_another_number_is_not(text: str) -> None:
    assert not re.search(search_pattern(NUMBER), text)


def test_an_italian_number_keeps_its_leading_zero() -> None:
    assert re.search(search_pattern(390612345678), "06 1234 5678")
    assert not re.search(search_pattern(390612345678), "16 1234 5678")


@pytest.mark.parametrize(
    "content",
    [
        b"phone;06 39 98 12 34;x",
        "06 39 98 12 34\n".encode("utf-16-le"),
        b"ab" + NUMBER.to_bytes(8, "little"),
        b"ab" + NUMBER.to_bytes(8, "big"),
    ],
)
def test_bytes_of_every_kind_are_found(content: bytes) -> None:
    assert any(pattern.search(content) for pattern in byte_patterns(NUMBER))


def test_other_bytes_are_not_found() -> None:
    content = (NUMBER + 1).to_bytes(8, "little") + b"06 39 98 12 35"

    assert not any(pattern.search(content) for pattern in byte_patterns(NUMBER))
