"""A proxy and its CA come from our settings, and the proxy never sees an unencrypted key."""

import socket
import ssl
from pathlib import Path

import pytest

from bulksms.campaign import Parameters
from bulksms.contacts import Contact
from bulksms.errors import SettingsError
from bulksms.octopush import (
    Accepted,
    Client,
    Credentials,
    NotSent,
    Outcome,
    Route,
    Timeouts,
    add_request_id,
    build_body,
)
from tests.unit.octopush.loopback import Behaviour, answer, read_request, serving

KEY = Credentials(login="me@example.org", key="test-secret")
CONTACT = Contact(row=2, phone_number="+33639980001")
FRAME = add_request_id(build_body(Parameters(text="Hi STOP au 30101"), [CONTACT]), key="k").body
TAKEN = b'{"sms_ticket":"sms_1","number_of_contacts":1}'
HERE = Path(__file__).parent
COMPANY_CA = HERE / "company_ca.pem"
API = "https://localhost:9443/v1/public"  # nothing listens there: only the proxy answers


def post(proxy: str, ca_file: Path | None = COMPANY_CA) -> Outcome:
    route = Route(proxy=proxy, ca_file=ca_file)
    with Client(API, KEY, Timeouts(connect=2, read=2), route=route) as client:
        return client.post(FRAME)


def intercepting(connects: list[bytes], requests: list[bytes]) -> Behaviour:
    """Answer CONNECT, and then for the API with a certificate of the company's own CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(HERE / "company_server.pem")

    def behave(connection: socket.socket) -> None:
        connects.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(connection, server_side=True) as secure:
            requests.append(read_request(secure))
            secure.sendall(answer("201 Created", TAKEN))

    return behave


def test_a_frame_goes_through_the_proxy_in_a_tunnel_that_the_company_ca_vouches_for() -> None:
    connects, requests = list[bytes](), list[bytes]()
    with serving(intercepting(connects, requests)) as proxy:
        outcome = post(proxy.address)
    assert outcome == Accepted(ticket="sms_1", number_of_contacts=1)
    assert connects[0].startswith(b"CONNECT localhost:9443 HTTP/1.")
    assert b"secret" not in connects[0]
    assert requests[0].startswith(b"POST /v1/public/sms-campaign/send ")
    assert requests[0].endswith(FRAME)


def test_without_its_ca_file_the_company_certificate_is_refused() -> None:
    requests = list[bytes]()
    with serving(intercepting([], requests)) as proxy:
        outcome = post(proxy.address, ca_file=None)
    assert isinstance(outcome, NotSent)
    assert outcome.stop
    assert "certificate is not valid" in outcome.reason
    assert requests == []


def test_the_password_of_the_proxy_goes_to_the_proxy() -> None:
    connects = list[bytes]()
    with serving(intercepting(connects, [])) as proxy:
        outcome = post(proxy.address.replace("http://", "http://ann:pass@"))
    assert isinstance(outcome, Accepted)
    assert b"Proxy-Authorization: Basic YW5uOnBhc3M=" in connects[0]
    assert "pass" not in repr(Route(proxy="http://ann:pass@proxy.example:3128"))


def test_a_proxy_that_refuses_stops_and_nothing_was_sent() -> None:
    def behave(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")

    with serving(behave) as proxy:
        outcome = post(proxy.address)
    assert outcome == NotSent(
        reason="The proxy refused the connection to Octopush: check the `proxy` setting.", stop=True
    )


def test_a_proxy_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    assert post(address) == NotSent(
        reason="The proxy could not be reached: check the `proxy` setting.", stop=True
    )


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_a_ca_file_without_a_certificate_is_refused(tmp_path: Path, content: bytes | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_bytes(content)
    with pytest.raises(SettingsError, match="ca_file` must name a file of certificates"):
        Client(API, KEY, route=Route(ca_file=ca_file))


@pytest.mark.parametrize(
    "proxy",
    ["proxy.example:3128", "https://proxy.example", "socks5://p:1", "http://a b", "http://"],
)
def test_a_proxy_that_is_no_address_is_refused(proxy: str) -> None:
    with pytest.raises(SettingsError, match="setting cannot be used: write it like http"):
        Route(proxy=proxy)
