"""Which files a campaign file means by a name or a pattern."""

from pathlib import Path

import pytest

from bulksms.campaign_file import read_campaign_file
from bulksms.errors import UsageError
from bulksms.use_cases.unattended.find_sources import find_sources


def _matches(folder: Path, *lines: str) -> list[str]:
    path = folder / "welcome.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return [
        Path(source).relative_to(folder).as_posix()
        for source in find_sources(read_campaign_file(path))
    ]


def _make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_names_and_patterns_keep_their_order_and_each_file_counts_once(tmp_path: Path) -> None:
    _make(tmp_path, "b.csv", "a.csv", "web.xlsx", "old/c.csv")

    assert _matches(tmp_path, 'files = ["web.xlsx", "*.csv", "a.csv", "old/*.csv"]') == [
        "web.xlsx",
        "a.csv",
        "b.csv",
        "old/c.csv",
    ]


def test_what_is_not_there_is_left_out(tmp_path: Path) -> None:
    assert _matches(tmp_path, 'files = ["dump.csv", "*.xlsx"]') == []


def test_a_pattern_means_no_file_that_the_campaign_names_otherwise(tmp_path: Path) -> None:
    _make(tmp_path, "dump.csv", "stopped.csv", "results.csv", "people.csv", "fr.txt", "text.txt")

    assert _matches(
        tmp_path,
        'files = "*"',
        'optouts = "stopped.csv"',
        'results = "results.csv"',
        'contact_results = "people.csv"',
        'text_file = "text.txt"',
        'text_by = "Langue"',
        'text_for = "fr=@fr.txt"',
    ) == ["dump.csv"]


def test_a_pattern_means_no_file_in_progress_and_no_folder(tmp_path: Path) -> None:
    _make(tmp_path, "dump.csv", ".dump.csv.swp", "dump.csv.filepart", "~$dump.csv", "d.csv/x")

    assert _matches(tmp_path, 'files = "*"') == ["dump.csv"]
    assert _matches(tmp_path, 'files = "*.csv"') == ["dump.csv"]


def test_brackets_in_names_of_files_and_folders_are_no_patterns(tmp_path: Path) -> None:
    folder = tmp_path / "shop [1]"
    _make(folder, "dump [2026].csv", "a.csv")

    assert _matches(folder, 'files = "dump [2026].csv"') == ["dump [2026].csv"]
    assert _matches(folder, 'files = "a*.csv"') == ["a.csv"]


def test_a_campaign_file_without_a_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no list: add a line such as files"):
        _matches(tmp_path, 'text = "Hi"')
