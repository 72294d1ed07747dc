import pytest

from bulksms.errors import UsageError
from bulksms.notifications.ping import check_ping_url, ping_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://hc-ping.com/uuid", "https://hc-ping.com/uuid/start"),
        ("https://hc-ping.com/uuid/", "https://hc-ping.com/uuid/start"),
        (
            "https://hc-ping.com/uuid?rid=7&create=1",
            "https://hc-ping.com/uuid/start?rid=7&create=1",
        ),
        ("https://ops:secret@ping.example:8443/x", "https://ops:secret@ping.example:8443/x/start"),
        ("http://localhost:8000/ping/uuid", "http://localhost:8000/ping/uuid/start"),
        ("http://10.0.0.5/uuid", "http://10.0.0.5/uuid/start"),
        ("http://[::1]:8000/uuid", "http://[::1]:8000/uuid/start"),
    ],
)
def test_a_step_goes_behind_the_path_and_before_the_query(url: str, address: str) -> None:
    assert ping_address(url, "start") == address


@pytest.mark.parametrize(
    "url",
    [
        "hc-ping.com/uuid",
        "ftp://hc-ping.com/uuid",
        "file:///etc/passwd",
        "https:///uuid",
        "https://hc-ping.com/uuid#part",
        "https://hc-ping.com:port/uuid",
        "https://[::1/uuid",
        "",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="ping_url cannot be used"):
        check_ping_url(url)


@pytest.mark.parametrize("host", ["hc-ping.com", "8.8.8.8", "monitor.lan"])
def test_plain_http_stays_in_a_private_network(host: str) -> None:
    with pytest.raises(UsageError, match=f"{host} unencrypted"):
        check_ping_url(f"http://{host}/uuid")
