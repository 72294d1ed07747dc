"""Guards for every test: no state folder of the user, no settings, no other machine.

And one PostgreSQL server for those that want one.
"""

import gc
import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bulksms.ledger import Ledger
from tests.builders import ledger_in
from tests.fakes import FakeClock
from tests.postgres import NoServerError, PostgresServer, create_tables, running_server
from tests.server_clock import ServerClock

# A busy machine is not a defect: speed is measured by `make bench`, never by a test. On a laptop
# every run tries other examples; CI tries the same, so that it judges the change and not the dice.
settings.register_profile(
    "bulksms",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=os.environ.get("CI") == "true",
)
settings.load_profile("bulksms")

# A ledger flushes several times for each frame: where the system has plenty of memory for files,
# the tests' folders are there. A folder named by --basetemp or PYTEST_DEBUG_TEMPROOT comes first.
MEMORY = Path("/dev/shm")
PLENTY = 4 << 30  # bytes
if (
    MEMORY.is_dir()
    and shutil.disk_usage(MEMORY).free > PLENTY
    and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC  # tests start programs from there
):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    os.environ.setdefault("TMPDIR", os.environ["PYTEST_DEBUG_TEMPROOT"])

OLD_GARBAGE = 100  # looks at younger objects, before one at all; Python's own is 10

GUARD = Path(__file__).parent / "guard"
_spec = importlib.util.spec_from_file_location("sitecustomize", GUARD / "sitecustomize.py")
if _spec is None or _spec.loader is None:
    raise ImportError("tests/guard/sitecustomize.py is missing")
# An audit hook cannot be taken off again, which is what a guard wants.
_spec.loader.exec_module(importlib.util.module_from_spec(_spec))
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(GUARD), os.environ.get("PYTHONPATH"))))


def pytest_collection() -> None:
    """Look for no garbage among what is imported: almost all of it stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Spare the garbage collector all that was imported, and most of what stays after a test.

    It would look through all of that often; what a test leaves behind is mostly young.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*gc.get_threshold()[:2], OLD_GARBAGE)
    gc.enable()


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Name folders that are made only when a program makes them: most tests need none.

    A `tmp_path` for each would be found among those of all tests before it.
    """
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture(autouse=True)
def _nothing_of_the_user(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that forgets its own state folder must not touch the user's."""
    for name in list(os.environ):
        if name.startswith(("BULKSMS_", "OCTOPUSH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("BULKSMS_HOME", str(next(_homes)))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for all tests of this process; each test has a schema of its own."""
    try:
        with running_server() as server:
            yield server
    except NoServerError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """Return the address of an empty ledger on the server."""
    url = postgres_server.url()
    create_tables(url)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger_url(request: pytest.FixtureRequest) -> str | None:
    """Return the address of a ledger of either kind: none means a file in the state folder."""
    if request.param == "sqlite":
        return None
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def clock(ledger_url: str | None) -> Iterator[FakeClock]:
    """Yield a clock that passes only when the test says so, on the database's side too."""
    if ledger_url is None:
        yield FakeClock()
        return
    with ServerClock(ledger_url) as server_clock:
        yield server_clock


@pytest.fixture
def open_timed(tmp_path: Path, clock: FakeClock) -> Callable[[], Ledger]:
    """Open a ledger that goes by the test's clock, as one process after the other does."""
    url = clock.url if isinstance(clock, ServerClock) else None
    return partial(ledger_in, tmp_path / "timed", url, clock)


@pytest.fixture
def timed_ledger(open_timed: Callable[[], Ledger]) -> Iterator[Ledger]:
    with open_timed() as opened:
        opened.reconciler.verify()
        yield opened
