"""The settings of an office reach the client: its proxy, and the CA that the proxy answers with."""

import socket
import ssl
from decimal import Decimal
from pathlib import Path

import pytest

from bulksms.errors import ApiError, SettingsError
from bulksms.settings import read_settings
from bulksms.use_cases.upkeep.account import read_balance
from tests.unit.octopush.loopback import answer, read_request, serving

CERTIFICATES = Path(__file__).parents[1] / "unit" / "octopush"


def office_proxy(connection: socket.socket) -> None:
    """Answer CONNECT, and then for the API with a certificate of the office's own CA."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "company_server.pem")
    assert read_request(connection).startswith(b"CONNECT localhost:9443 ")
    connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    with context.wrap_socket(connection, server_side=True) as secure:
        assert read_request(secure).startswith(b"GET /v1/public/wallet/check-balance ")
        secure.sendall(answer("200 OK", b'{"amount": 12.54, "unit": "euros"}'))


def environment(home: Path, proxy: str, ca_file: Path | None) -> dict[str, str]:
    variables = {
        "BULKSMS_HOME": str(home),
        "BULKSMS_BASE_URL": "https://localhost:9443/v1/public",
        "BULKSMS_API_LOGIN": "ann@example.com",
        "BULKSMS_API_KEY": "test-key",
        "BULKSMS_PROXY": proxy,
    }
    return variables if ca_file is None else {**variables, "BULKSMS_CA_FILE": str(ca_file)}


def test_the_balance_is_asked_through_the_proxy(tmp_path: Path) -> None:
    with serving(office_proxy) as proxy:
        settings = read_settings(
            environment(tmp_path, proxy.address, CERTIFICATES / "company_ca.pem")
        )
        assert read_balance(settings).amount == Decimal("12.54")


def test_without_the_ca_file_the_answer_of_the_proxy_is_not_trusted(tmp_path: Path) -> None:
    with serving(office_proxy) as proxy:
        settings = read_settings(environment(tmp_path, proxy.address, None))
        with pytest.raises(ApiError, match="certificate is not valid"):
            read_balance(settings)


def test_a_ca_file_that_is_missing_is_named(tmp_path: Path) -> None:
    settings = read_settings(environment(tmp_path, "http://127.0.0.1:9", tmp_path / "none.pem"))
    with pytest.raises(SettingsError, match=r"none\.pem cannot be used"):
        read_balance(settings)
