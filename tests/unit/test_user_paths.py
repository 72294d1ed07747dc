"""A leading `~` in the paths that people write."""

from pathlib import Path

import pytest

from bulksms.errors import UsageError
from bulksms.user_paths import expand_home


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    assert expand_home("~/ledger.sqlite3", "BULKSMS_LEDGER") == tmp_path / "ledger.sqlite3"


@pytest.mark.parametrize("path", ["relative/~x", "/absolute/~", "./~x", "plain"])
def test_other_paths_stay_as_they_are(path: str) -> None:
    assert expand_home(path, "BULKSMS_LEDGER") == Path(path)


def test_a_user_who_does_not_exist_has_no_home_folder() -> None:
    with pytest.raises(UsageError) as refused:
        expand_home("~no-such-user/x", "BULKSMS_LEDGER")

    assert str(refused.value) == (
        "BULKSMS_LEDGER is ~no-such-user/x, and there is no home folder ~no-such-user: write an "
        "absolute path."
    )
