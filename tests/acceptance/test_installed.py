"""The program works from its wheel alone, installed under the name of its distribution."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def _run(*args: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        args, capture_output=True, encoding="utf-8", cwd=cwd, env=env, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _data_files() -> Iterator[str]:
    """Name all that the package needs besides its code."""
    for path in (ROOT / "bulksms").rglob("*"):
        if path.is_file() and path.suffix not in {".py", ".pyc"}:
            yield path.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a fresh environment that lends its libraries from this one.

    A path in a `.pth` file lends installed packages, but not the project's own folder.
    """
    folder = tmp_path_factory.mktemp("installed")
    # A build in the project folder would leave files there, which the next wheel would contain.
    sources, wheels = folder / "sources", folder / "wheels"
    shutil.copytree(ROOT / "bulksms", sources / "bulksms")
    shutil.copytree(ROOT / "docs" / "man", sources / "docs" / "man")
    for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, sources)
    build = ("wheel", "--no-deps", "--no-build-isolation", "-w", str(wheels), str(sources))
    _run(*PIP, *build, cwd=folder)
    (wheel,) = wheels.iterdir()
    assert wheel.name.startswith("bulksms_octopush-")
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {path for path in _data_files() if path not in packed} == set()
    venv.create(folder / "venv")
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    _run(*PIP, "--python", python, "install", "--no-deps", "--no-index", str(wheel), cwd=folder)
    packages = _run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))",
                    cwd=folder).strip()  # fmt: skip
    Path(packages, "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    return programs


def test_a_rehearsal_works_away_from_the_project_folder(programs: Path, tmp_path: Path) -> None:
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("BULKSMS", "PY"))
    }
    env["BULKSMS_HOME"] = str(tmp_path / "home")
    results = tmp_path / "results.csv"

    shown = _run(
        str(programs / "bulksms"), "rehearse", "--results", str(results), cwd=tmp_path, env=env
    )

    assert "REHEARSAL" in shown
    assert "done" in shown
    assert ",accepted," in results.read_text(encoding="utf-8-sig")


def test_the_installed_package_is_the_one_in_the_wheel(programs: Path, tmp_path: Path) -> None:
    where = _run(
        str(programs / "python"), "-c", "import bulksms; print(bulksms.__file__)", cwd=tmp_path
    )

    assert str(programs.parent) in where


def test_the_metadata_bears_the_name_of_the_distribution(programs: Path, tmp_path: Path) -> None:
    script = "from importlib.metadata import version; print(version('bulksms-octopush'))"

    assert _run(str(programs / "python"), "-c", script, cwd=tmp_path).strip() == "0.1.0"


def test_a_rehearsal_leaves_nothing_behind(programs: Path, tmp_path: Path) -> None:
    temporary, work = tmp_path / "tmp", tmp_path / "work"
    temporary.mkdir()
    work.mkdir()
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("BULKSMS", "PY"))
    }
    env |= {"BULKSMS_HOME": str(work / "home"), "TMPDIR": str(temporary)}

    shown = _run(str(programs / "bulksms"), "rehearse", cwd=work, env=env)

    assert "Results:" not in shown
    assert [*temporary.iterdir(), *work.iterdir()] == []
