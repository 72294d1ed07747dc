import os
from pathlib import Path

import pytest

from bulksms.errors import SettingsError, UsageError
from bulksms.settings import Settings, home_folder, read_settings

posix_only = pytest.mark.skipif(os.name != "posix", reason="file rights are POSIX")


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


def _read(home: Path, **environ: str) -> Settings:
    return read_settings({"BULKSMS_HOME": str(home), **environ})


def _key_file(home: Path, key: str = "secret-key\n", mode: int = 0o600) -> Path:
    path = home / "key"
    path.write_text(key, encoding="utf-8")
    path.chmod(mode)
    return path


def test_with_nothing_set_the_address_is_production_and_no_one_is_known(home: Path) -> None:
    settings = _read(home)

    assert settings.base_url == "https://api.octopush.com/v1/public"
    assert (settings.ledger, settings.api_login, settings.api_key) == (None, None, None)


def test_the_settings_file_beats_the_default(home: Path) -> None:
    (home / "settings.toml").write_text('base_url = "https://file.example"\n', encoding="utf-8")

    assert _read(home).base_url == "https://file.example"


def test_a_setting_may_be_written_as_the_option_is(home: Path) -> None:
    (home / "settings.toml").write_text('base-url = "https://file.example"\n', encoding="utf-8")

    assert _read(home).base_url == "https://file.example"


def test_the_environment_beats_the_settings_file(home: Path) -> None:
    (home / "settings.toml").write_text('base_url = "https://file.example"\n', encoding="utf-8")

    settings = _read(home, BULKSMS_BASE_URL="https://environment.example")

    assert settings.base_url == "https://environment.example"


def test_an_empty_variable_counts_as_unset(home: Path) -> None:
    (home / "settings.toml").write_text('ledger = "postgresql://file"\n', encoding="utf-8")

    assert _read(home, BULKSMS_LEDGER="").ledger == "postgresql://file"


def test_a_slash_at_the_end_of_the_address_is_dropped(home: Path) -> None:
    assert _read(home, BULKSMS_BASE_URL="http://127.0.0.1:8474/").base_url == (
        "http://127.0.0.1:8474"
    )


def test_a_secret_is_never_taken_from_the_settings_file(home: Path) -> None:
    (home / "settings.toml").write_text('api_key = "secret-key"\n', encoding="utf-8")

    assert _read(home).api_key is None


def test_the_key_is_read_from_a_private_file(home: Path) -> None:
    assert _read(home, BULKSMS_API_KEY_FILE=str(_key_file(home))).api_key == "secret-key"


def test_the_settings_file_may_name_the_key_file(home: Path) -> None:
    path = _key_file(home)
    settings = f"api_key_file = '{path}'\n"
    (home / "settings.toml").write_text(settings, encoding="utf-8")

    assert _read(home).api_key == "secret-key"


def test_the_key_itself_beats_the_key_file(home: Path) -> None:
    path = _key_file(home)

    settings = _read(home, BULKSMS_API_KEY="other-key", BULKSMS_API_KEY_FILE=str(path))

    assert settings.api_key == "other-key"


@posix_only
@pytest.mark.parametrize("mode", [0o444, 0o604, 0o620, 0o644, 0o660, 0o666])
def test_a_key_file_that_others_can_use_is_refused(home: Path, mode: int) -> None:
    path = _key_file(home, mode=mode)

    with pytest.raises(SettingsError, match="chmod 600"):
        _read(home, BULKSMS_API_KEY_FILE=str(path))


@posix_only
@pytest.mark.parametrize("mode", [0o400, 0o440, 0o600, 0o640, 0o700])
def test_a_key_file_that_only_this_process_can_read_is_taken(home: Path, mode: int) -> None:
    path = _key_file(home, mode=mode)

    assert _read(home, BULKSMS_API_KEY_FILE=str(path)).api_key == "secret-key"


def test_a_missing_key_file_is_named(home: Path) -> None:
    with pytest.raises(SettingsError, match="check BULKSMS_API_KEY_FILE"):
        _read(home, BULKSMS_API_KEY_FILE=str(home / "absent"))


def test_an_empty_key_file_is_refused(home: Path) -> None:
    with pytest.raises(SettingsError, match="is empty"):
        _read(home, BULKSMS_API_KEY_FILE=str(_key_file(home, key=" \n")))


def test_a_settings_file_that_is_not_toml_is_refused(home: Path) -> None:
    (home / "settings.toml").write_text("sender BULKSMS\n", encoding="utf-8")

    with pytest.raises(UsageError, match="not valid TOML"):
        _read(home)


def test_a_settings_file_that_is_not_text_is_refused(home: Path) -> None:
    (home / "settings.toml").write_bytes(b'sender = "\xe9"\n')

    with pytest.raises(UsageError, match="not UTF-8"):
        _read(home)


def test_the_state_folder_may_start_with_a_tilde() -> None:
    assert home_folder({"BULKSMS_HOME": "~/sms"}) == Path.home() / "sms"


def test_without_a_state_folder_the_platform_names_one() -> None:
    assert home_folder({}).name == "bulksms"


@pytest.mark.parametrize(
    ("key", "expected"), [("test-x", True), ("live", False), ("", False), (None, False)]
)
def test_a_key_that_starts_with_test_makes_a_rehearsal(key: str | None, expected: bool) -> None:
    assert Settings(home=Path("state"), api_key=key).rehearsal is expected


def test_a_repr_shows_no_secret() -> None:
    shown = repr(Settings(home=Path("state"), api_login="me@example.com", api_key="secret-key"))

    assert "secret-key" not in shown
    assert "me@example.com" not in shown


@pytest.mark.parametrize(
    ("value", "meant"), [("yes", True), ("1", True), ("no", False), ("", False)]
)
def test_a_synchronised_folder_is_allowed_only_by_a_yes(
    tmp_path: Path, value: str, meant: bool
) -> None:
    assert _read(tmp_path, BULKSMS_ALLOW_SYNCED_FOLDER=value).allow_synced_folder is meant


def test_the_proxy_and_the_ca_file_come_from_our_own_settings_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://generic.example:3128")
    monkeypatch.setenv("SSL_CERT_FILE", "/generic.pem")
    plain = _read(tmp_path)
    assert (plain.proxy, plain.ca_file) == (None, None)
    (tmp_path / "settings.toml").write_text(
        'proxy = "http://ann:pass@proxy.example:3128"\nca_file = "office.pem"\n', encoding="utf-8"
    )
    office = _read(tmp_path)
    assert office.proxy == "http://ann:pass@proxy.example:3128"
    assert office.ca_file == tmp_path / "office.pem"
    assert "ann" not in repr(office)
    other = _read(tmp_path, BULKSMS_PROXY="http://127.0.0.1:3128", BULKSMS_CA_FILE="/ca.pem")
    assert (other.proxy, other.ca_file) == ("http://127.0.0.1:3128", Path("/ca.pem"))


def test_a_trusted_address_is_only_read_from_the_file(tmp_path: Path) -> None:
    assert _read(tmp_path, BULKSMS_TRUSTED_URL="https://gateway.example").trusted_url is None
    (tmp_path / "settings.toml").write_text(
        'trusted_url = "https://gateway.example"\n', encoding="utf-8"
    )
    assert _read(tmp_path).trusted_url == "https://gateway.example"


@posix_only
def test_a_key_file_that_a_container_mounts_readable_needs_an_explicit_yes(home: Path) -> None:
    path = _key_file(home, mode=0o444)

    settings = _read(home, BULKSMS_API_KEY_FILE=str(path), BULKSMS_ALLOW_READABLE_KEY_FILE="yes")

    assert settings.api_key == "secret-key"


@posix_only
@pytest.mark.parametrize("shared", ["folder", "file"])
def test_a_state_folder_or_settings_file_that_others_can_write_is_refused(
    home: Path, shared: str
) -> None:
    file = home / "settings.toml"
    file.write_text("region = 'FR'\n", encoding="utf-8")
    (home if shared == "folder" else file).chmod(0o777)

    with pytest.raises(UsageError, match="cannot be trusted, because others can write to it"):
        _read(home)


@posix_only
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", [".", "settings.toml"])
def test_a_state_folder_or_settings_file_of_another_user_is_refused(home: Path, name: str) -> None:
    (home / "settings.toml").write_text("region = 'FR'\n", encoding="utf-8")
    os.chown(home / name, 12345, -1)

    with pytest.raises(UsageError, match="it belongs to another user"):
        _read(home)


def test_the_home_folder_of_an_unknown_user_is_one_sentence() -> None:
    with pytest.raises(
        UsageError, match="BULKSMS_HOME is ~nobody-of-that-name/sms, and there is no home folder"
    ):
        home_folder({"BULKSMS_HOME": "~nobody-of-that-name/sms"})


def test_a_relative_state_folder_is_resolved_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert home_folder({"BULKSMS_HOME": "sms"}) == tmp_path / "sms"
