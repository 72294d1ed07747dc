"""The state folder, the address and the credentials of a run.

The order is option, environment, campaign file, settings file, default; options are read
by the command line, and the environment, the settings file and the defaults here.
Secrets come from the environment, a private file or the OS keyring, never from an option.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from bulksms.age import Age
from bulksms.credential_store import read_credentials
from bulksms.errors import SettingsError, UsageError
from bulksms.private_files import key_file_problem, shared_problem
from bulksms.text_files import read_text_file
from bulksms.user_paths import expand_home, platform_folder

__all__ = [
    "KEY_VARIABLES",
    "PRODUCTION_URL",
    "TEST_PREFIX",
    "Settings",
    "read_settings",
    "read_settings_file",
]

# octopush-api.md section 1
PRODUCTION_URL = "https://api.octopush.com/v1/public"

# Such a key is only ever sent to a local sandbox, so the run is a rehearsal.
TEST_PREFIX = "test-"

# They win over a stored key.
KEY_VARIABLES = ("BULKSMS_API_KEY", "BULKSMS_API_KEY_FILE")

YES = frozenset({"yes", "Yes", "YES", "true", "True", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one run; login and key never show in a repr."""

    home: Path
    ledger: str | None = field(default=None, repr=False)  # may hold a password
    allow_synced_folder: bool = False
    base_url: str = PRODUCTION_URL
    api_login: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    key_file: Path | None = None
    proxy: str | None = field(default=None, repr=False)  # may hold a password
    ca_file: Path | None = None
    trusted_url: str | None = None
    retention: Age | None = None
    optouts: tuple[str, ...] = ()  # files, for what has no options of its own, such as the page

    @property
    def rehearsal(self) -> bool:
        """Whether the key can only reach a sandbox, so that no real person is texted."""
        return self.api_key is not None and self.api_key.startswith(TEST_PREFIX)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from the environment and the settings file.

    Raises:
        UsageError: the settings file cannot be used.
        SettingsError: the key file cannot be used.
    """
    home = home_folder(environ)
    file_settings = read_settings_file(home)
    login, key = _credentials(environ, file_settings, home)
    return Settings(
        home=home,
        ledger=_pick(environ, file_settings, "ledger"),
        allow_synced_folder=_pick(environ, file_settings, "allow_synced_folder") in YES,
        base_url=(_pick(environ, file_settings, "base_url") or PRODUCTION_URL).rstrip("/"),
        api_login=login,
        api_key=key,
        key_file=_key_file(environ, file_settings),
        proxy=_pick(environ, file_settings, "proxy"),
        ca_file=_ca_file(environ, file_settings, home),
        # Kept in the settings file on purpose: a variable could come with another address.
        trusted_url=_pick({}, file_settings, "trusted_url"),
        retention=_retention(environ, file_settings),
        optouts=_optouts(environ, file_settings),
    )


def home_folder(environ: Mapping[str, str]) -> Path:
    """Return the state folder: `BULKSMS_HOME`, or the platform's folder for user data.

    Raises:
        UsageError: there is no such folder, because there is no home folder.
    """
    folder = environ.get("BULKSMS_HOME")
    home = (
        expand_home(folder, "BULKSMS_HOME")
        if folder
        else platform_folder(lambda: user_data_path("bulksms", appauthor=False))
    )
    if home is None:
        raise UsageError(
            "There is no home folder for the state of bulksms: set BULKSMS_HOME to an absolute "
            "path, where the ledger will be kept.",
            code="no_home_folder",
        )
    return Path(os.path.abspath(home))  # noqa: PTH100 - a link stays a link


def read_settings_file(home: Path) -> dict[str, Any]:
    """Read `settings.toml` of the state folder; keys are option names, given with `_` for `-`.

    It gives options, so that a mistake in it is wrong usage, as on the command line.

    Raises:
        UsageError: the file cannot be read, is not TOML, or others can change it.
    """
    path = home / "settings.toml"
    if not _may_exist(path):
        return {}
    for each in (home, path):
        problem = shared_problem(each)
        if problem:
            raise UsageError(
                f"{each} cannot be trusted, because {problem}: "
                "make it yours alone (chown, chmod go-w), then try again.",
                code="settings_file_invalid",
                path=str(each),
            )
    text = read_text_file(path, "The settings file", UsageError)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"The settings file {path} is not valid TOML ({error}): "
            'write that line like sender = "BULKSMS".',
            code="settings_file_invalid",
            path=str(path),
        ) from None
    return {name.replace("-", "_"): value for name, value in values.items()}


def _may_exist(path: Path) -> bool:
    """Whether a file exists, or its folder does not let us know."""
    try:
        return path.exists()
    except OSError:
        return True


def _pick(environ: Mapping[str, str], file_settings: Mapping[str, Any], name: str) -> str | None:
    value = environ.get(f"BULKSMS_{name.upper()}") or file_settings.get(name)
    return str(value).strip() if value else None


def _credentials(
    environ: Mapping[str, str], file_settings: Mapping[str, Any], home: Path
) -> tuple[str | None, str | None]:
    """Return login and key: of the environment, else of the key file, else as stored by `login`."""
    login, key = _pick(environ, {}, "api_login"), _pick(environ, {}, "api_key")
    path = _key_file(environ, file_settings)
    if key is None and path is not None:
        allowed = _pick(environ, file_settings, "allow_readable_key_file") in YES
        key = _read_key_file(path, allow_readable=allowed)
    if login is not None and key is not None:
        return login, key
    stored = read_credentials(home)
    return login or stored.login, key or stored.key


def _key_file(environ: Mapping[str, str], file_settings: Mapping[str, Any]) -> Path | None:
    path = _pick(environ, file_settings, "api_key_file")
    return expand_home(path, "api_key_file") if path else None


def _ca_file(
    environ: Mapping[str, str], file_settings: Mapping[str, Any], home: Path
) -> Path | None:
    """The CA file; a relative path in the settings file begins in the state folder."""
    from_environment = _pick(environ, {}, "ca_file")
    if from_environment:
        return expand_home(from_environment, "BULKSMS_CA_FILE")
    path = _pick({}, file_settings, "ca_file")
    return home / expand_home(path, "ca_file") if path else None


def _optouts(environ: Mapping[str, str], file_settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The opt-out lists of the environment and of the settings file: they add up."""
    written = file_settings.get("optouts") or ()
    in_file = written if isinstance(written, list | tuple) else (written,)
    in_environment = environ.get("BULKSMS_OPTOUTS", "").split(os.pathsep)
    return tuple(dict.fromkeys(map(str, filter(None, (*in_environment, *in_file)))))


def _retention(environ: Mapping[str, str], file_settings: Mapping[str, Any]) -> Age | None:
    written = _pick(environ, file_settings, "retention")
    return Age.parse(written) if written else None


def _read_key_file(path: Path, *, allow_readable: bool) -> str:
    try:
        info = path.stat()
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise SettingsError(
            f"The key file {path} cannot be read: check BULKSMS_API_KEY_FILE.",
            code="key_file_unusable",
            path=str(path),
        ) from None
    problem = None if os.name == "nt" else key_file_problem(info, (os.getegid(), *os.getgroups()))
    if problem and not allow_readable:
        raise SettingsError(
            f"The key file {path} is not secret, because {problem}: run `chmod 600` on it, or set "
            "BULKSMS_ALLOW_READABLE_KEY_FILE=yes where a container mounts it so.",
            code="key_file_unusable",
            path=str(path),
        )
    if not key:
        raise SettingsError(
            f"The key file {path} is empty: put the API key in it.",
            code="key_file_unusable",
            path=str(path),
        )
    return key
