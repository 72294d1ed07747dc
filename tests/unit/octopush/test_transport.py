from bulksms.octopush.transport import Route, Timeouts, Transport
from tests.unit.octopush.loopback import read_request, serving


def test_a_user_and_a_password_in_an_address_go_into_their_header() -> None:
    requests = list[bytes]()

    with serving(lambda connection: requests.append(read_request(connection))) as server:
        address = server.address.replace("http://", "http://ann:p%40ss@")
        Transport(f"{address}/ping", Timeouts(), {"Accept": "*/*"}, Route()).exchange("POST")

    assert requests[0].startswith(b"POST /ping HTTP/1.1\r\n")
    assert b"Authorization: Basic YW5uOnBAc3M=" in requests[0]  # ann:p@ss


def test_a_path_is_added_to_the_address_and_its_query_is_kept() -> None:
    requests = list[bytes]()

    with serving(lambda connection: requests.append(read_request(connection))) as server:
        Transport(f"{server.address}/v1", Timeouts(), {}, Route()).exchange("GET", "/é?a=b c")

    assert requests[0].startswith(b"GET /v1/%C3%A9?a=b%20c HTTP/1.1\r\n")
