from bulksms.notifications.end_command import without_secrets


def test_no_secret_is_left_by_name_or_by_value() -> None:
    environ = {
        "PATH": "/usr/bin",
        "BULKSMS_HOME": "/srv/bulksms",
        "BULKSMS_API_KEY": "test-key",
        "bulksms_api_login": "desk@example.com",
        "BULKSMS_API_KEY_FILE": "/srv/key",
        "BULKSMS_PROXY": "http://user:password@proxy:3128",
        "OTHER": "prefix test-key suffix",
    }

    left = without_secrets(environ, ["test-key", ""])

    assert left == {"PATH": "/usr/bin", "BULKSMS_HOME": "/srv/bulksms"}
