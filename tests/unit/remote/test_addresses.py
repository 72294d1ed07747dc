import pytest

from bulksms.errors import UsageError
from bulksms.remote import is_address, refuse_unsafe, shown_address


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("s3://dumps/a.csv", True), ("https://x/a.csv", True), ("SFTP://x/a", True),
     ("dumps/a.csv", False), ("C:\\dumps\\a.csv", False), ("C://dumps", False), ("*.csv", False)],
)  # fmt: skip
def test_an_address_is_no_file(name: str, is_one: bool) -> None:
    assert is_address(name) is is_one


def test_what_could_be_a_secret_is_not_shown() -> None:
    signed = "https://me:word@x.example:8443/a.csv?X-Amz-Signature=abc#f"

    assert shown_address(signed) == "https://x.example:8443/a.csv"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://x.example/a.csv", "unencrypted over the network: use https://"),
        ("http://10.0.0.7/a.csv", "unencrypted"),
        ("ftp://x.example/a.csv", "use sftp://"),
        ("sftp://me:word@x.example/a.csv", "has a password in the address"),
        ("simplecache::https://x.example/a.csv", "joins several addresses"),
        ("https:///a.csv", "names no server"),
    ],
)
def test_an_address_that_gives_away_the_list_is_refused(address: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as caught:
        refuse_unsafe(address)

    assert "word" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize(
    "address",
    ["https://x.example/a.csv", "http://127.0.0.1:8080/a.csv", "http://[::1]/a.csv",
     "http://localhost/a.csv", "sftp://me@x.example/a.csv", "s3://dumps/*.csv"],
)  # fmt: skip
def test_an_encrypted_or_local_address_is_not(address: str) -> None:
    refuse_unsafe(address)
