"""An address of a server is read as the driver reads it, and shown without its password."""

import pytest

from bulksms.errors import LedgerError
from bulksms.ledger.server_address import ServerAddress, is_server_url

URL = "postgresql://desk:s3cret@db.example:6432/texts?sslmode=require&schema=spring"


def test_user_and_password_are_not_shown() -> None:
    address = ServerAddress.parse(URL)
    assert str(address) == "db.example:6432/texts (schema spring)"
    for text in (str(address), repr(address), address.name, address.digest):
        assert "s3cret" not in text
        assert "desk" not in text


def test_the_driver_gets_all_but_the_schema() -> None:
    expected = "postgresql://desk:s3cret@db.example:6432/texts?sslmode=require"
    assert ServerAddress.parse(URL).conninfo == expected


def test_blanks_in_options_reach_the_driver_as_it_writes_them() -> None:
    address = ServerAddress.parse("postgresql://h/d?options=-c%20statement_timeout%3D9s")
    assert address.conninfo == "postgresql://h/d?options=-c%20statement_timeout%3D9s"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql:///texts", "localhost/texts"),
        ("postgres://a,b:5433/texts", "a,b:5433/texts"),
        ("postgresql+psycopg://u@h/texts?host=/run/postgresql", "/run/postgresql/texts"),
    ],
)
def test_other_spellings(url: str, name: str) -> None:
    address = ServerAddress.parse(url)
    assert (address.name, address.schema) == (name, "bulksms")
    assert address.conninfo.startswith("postgresql://")


def test_each_schema_has_its_own_lock_and_witnesses() -> None:
    first, other = (ServerAddress.parse(f"postgresql://h/d?schema={s}") for s in ("a", "b"))
    assert first.lock_number != other.lock_number
    assert first.digest != other.digest
    again = ServerAddress.parse("postgres://someone:else@h/d?schema=a")
    assert (again.lock_number, again.digest) == (first.lock_number, first.digest)
    assert -(2**63) <= first.lock_number < 2**63


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgresql://h/d?schema=Robert'); DROP", "unusual name"),
        ("postgresql://h", "names no database"),
        ("postgresql://desk:s3cret@[h/d", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_refused(url: str, message: str) -> None:
    with pytest.raises(LedgerError, match=message) as refusal:
        ServerAddress.parse(url)
    assert "s3cret" not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://h/d", True),
        ("Postgres://h/d", True),
        ("sqlite:///x", False),
        ("/home/me/postgresql", False),
        ("postgresql:x", False),
        (None, False),
        ("", False),
    ],
)
def test_a_server_is_known_by_its_scheme(url: str | None, expected: bool) -> None:
    assert is_server_url(url) is expected
