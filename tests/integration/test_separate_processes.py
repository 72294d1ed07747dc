"""What a process of its own leaves or may not do: killed, on a full disk, as another user."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bulksms.ledger import open_ledger
from bulksms.output.whole_file import whole_file
from tests.unit.ledger.samples import LATER, make


def test_a_claim_survives_kill_9_and_comes_back_in_doubt(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        made = make(ledger)
    program = f"""
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from bulksms.ledger import open_ledger
ledger = open_ledger(Path({str(tmp_path)!r}))
with ledger.locks.campaign("spring"):
    assert ledger.claims.claim({made.id}, 2, datetime.now(UTC))
    os.kill(os.getpid(), signal.SIGKILL)
"""
    died = subprocess.run([sys.executable, "-c", program], check=False)
    assert died.returncode == -9
    with open_ledger(tmp_path) as ledger, ledger.locks.campaign("spring"):
        assert ledger.claims.doubt_in_flight(made.id, LATER) == 1
        assert [frame.state for frame in ledger.frame_queries.each(made.id)] == [
            "planned",
            "in_doubt",
            "planned",
        ]
        assert not ledger.claims.claim(made.id, 2, LATER)


def test_a_full_disk_ends_all_writing(tmp_path: Path) -> None:
    program = f"""
import resource, os
from pathlib import Path
from bulksms.errors import LedgerError
from bulksms.ledger import FrozenFrame, open_ledger
from tests.builders import new_campaign
ledger = open_ledger(Path({str(tmp_path)!r}))
limit = Path({str(tmp_path / "ledger.sqlite3")!r}).stat().st_size + 50_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
body = os.urandom(300_000)
frame = FrozenFrame(number=1, first_row=2, last_row=2, body=body,
    request_id="bs1-x", numbers=bytes(8))
for name in ("big", "small"):
    try:
        ledger.campaigns.create(new_campaign(name), [frame] if name == "big" else [])
    except LedgerError as error:
        print(str(error).endswith("."), "Traceback" in str(error))
print(ledger.campaigns.all())
"""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert said.stdout == "True False\nTrue False\n[]\n"


@pytest.mark.skipif(os.name != "posix", reason="other systems keep rights elsewhere")
def test_a_folder_of_another_user_is_refused() -> None:
    """A process of user 65534 looks at folders of user 65533, of its own and of root."""
    if os.getuid() != 0:
        pytest.skip("only root may give folders away")
    home = Path(tempfile.mkdtemp(dir="/tmp"))
    program = (
        "import os, sys; from pathlib import Path; from bulksms.errors import LedgerError\n"
        "from bulksms.ledger import refuse_untrusted\n"
        "os.setuid(65534)\n"
        "try: refuse_untrusted(Path(sys.argv[1])); print('trusted')\n"
        "except LedgerError as error: print(error)"
    )
    outputs = []
    for owner in (65533, 65534, 0):
        os.chown(home, owner, owner)
        home.chmod(0o755)
        done = subprocess.run(
            [sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=True
        )
        outputs.append(done.stdout)
    home.rmdir()
    assert "belongs to another user" in outputs[0]
    assert outputs[1:] == ["trusted\n", "trusted\n"]


@pytest.mark.skipif(os.name == "nt", reason="devices of POSIX")
def test_stdout_by_its_path_is_not_replaced(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from bulksms.output.whole_file import whole_file\n"
        "print('before', flush=True)\n"
        "with whole_file(Path('/dev/stdout'), 'utf-8') as draft: draft.write('inside\\n')\n"
    )
    out = tmp_path / "out.txt"
    with out.open("w", encoding="utf-8") as stdout:
        subprocess.run([sys.executable, "-c", program], stdout=stdout, check=True)

    assert out.read_text(encoding="utf-8") == "before\ninside\n"


def test_the_draft_of_a_killed_program_is_removed_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    program = (
        "import os, sys; from pathlib import Path\n"
        "from bulksms.output.whole_file import whole_file\n"
        "with whole_file(Path(sys.argv[1])) as draft:\n"
        "    draft.write('half'); draft.flush(); os._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", program, path], check=False).returncode == 9
    assert len(list(tmp_path.iterdir())) == 1

    with whole_file(path, encoding="utf-8") as draft:
        draft.write("new")

    assert [each.name for each in tmp_path.iterdir()] == ["out.csv"]
