"""Where a key may go, and where it may not be seen."""

import pytest

from bulksms.errors import SettingsError
from bulksms.octopush import Client, Credentials, Route, check_address

REAL = Credentials(login=" me@example.org ", key="  real-secret\n")
TEST = Credentials(login="me@example.org", key="test-secret")


def test_login_and_key_are_stripped() -> None:
    assert REAL.headers() == {"api-login": "me@example.org", "api-key": "real-secret"}


@pytest.mark.parametrize("bad", ["", "  ", "a b", "é", "a\r\nX: y"])
def test_a_key_that_cannot_travel_is_refused_unseen(bad: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Credentials(login="me@example.org", key=bad)
    assert caught.value.args[0].startswith("The API key is empty or holds")


def test_nothing_shows_login_or_key() -> None:
    client = Client("https://api.octopush.com/v1/public", REAL)
    shown = f"{REAL!r} {REAL} {client!r} {client}"
    client.close()
    assert "secret" not in shown
    assert "example.org" not in shown


@pytest.mark.parametrize(
    ("url", "credentials"),
    [
        ("https://api.octopush.com/v1/public", REAL),
        ("https://api.octopush.com/v1/public/", REAL),
        ("http://127.0.0.1:8099/v1/public", TEST),
        ("http://localhost:8099/v1/public", TEST),
        ("http://[::1]:8099", TEST),
        ("https://127.0.0.1:8099", TEST),
        ("https://127.0.0.1:8099", REAL),
        ("https://backend.octopush.com/v1/public", REAL),
    ],
)
def test_a_right_address_is_allowed(url: str, credentials: Credentials) -> None:
    check_address(url, credentials)


@pytest.mark.parametrize(
    ("url", "credentials", "why"),
    [
        ("http://api.octopush.com/v1/public", REAL, "unencrypted"),
        ("http://127.0.0.1:8099", REAL, "a real one"),
        ("https://api.octopush.com/v1/public", TEST, "only for the sandbox"),
        ("http://127.0.0.1.evil.example", TEST, "only for the sandbox"),
        ("http://2130706433", TEST, "only for the sandbox"),
        ("http://localhost@evil.example", TEST, "cannot be used"),
        ("http://localhost\\@evil.example", TEST, "cannot be used"),
        ("https://api.octopush.com?x=1", REAL, "cannot be used"),
        ("https://api.octopush.com#x", REAL, "cannot be used"),
        ("ftp://api.octopush.com", REAL, "cannot be used"),
        ("api.octopush.com", REAL, "cannot be used"),
        ("https://a..b/v1", REAL, "cannot be used"),
        ("", REAL, "cannot be used"),
        ("https://api.octopush.com\n", REAL, "cannot be used"),
    ],
)
def test_a_wrong_address_is_refused(url: str, credentials: Credentials, why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        check_address(url, credentials)


OTHER = "https://gateway.example/v1/public"


@pytest.mark.parametrize(
    "url", [OTHER, "https://octopush.com.evil.example/v1", "https://evil-octopush.com/v1"]
)
def test_a_real_key_goes_to_another_host_only_with_a_yes_that_is_kept(url: str) -> None:
    with pytest.raises(SettingsError, match="is not Octopush"):
        check_address(url, REAL)
    with pytest.raises(SettingsError, match="is not Octopush"):
        check_address(url, REAL, trusted_url="https://another.example")
    check_address(url, REAL, trusted_url=f"{url}/")
    Client(url, REAL, route=Route(trusted_url=url)).close()


def test_the_refusal_says_how_to_keep_the_yes() -> None:
    with pytest.raises(SettingsError) as caught:
        check_address(OTHER, REAL)
    assert str(caught.value) == (
        "The API key would be sent to gateway.example, which is not Octopush. If that is right, "
        'write trusted_url = "https://gateway.example/v1/public" into settings.toml in the state '
        "folder."
    )


def test_a_client_is_never_made_for_a_wrong_address() -> None:
    with pytest.raises(SettingsError):
        Client("http://api.octopush.com", REAL)
