"""One user's machine in process: the command line, its ledger, and a sandbox it posts to."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bulksms.cli import cli
from bulksms.cli.exit_codes import run
from bulksms.sandbox import Sandbox
from bulksms.settings import read_settings
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.prepare.begin_campaign import begin_campaign
from bulksms.use_cases.prepare.prepare_campaign import SendRequest, prepare_campaign
from tests.sending import rehearsal_plan, run_context, texted_numbers

__all__ = ["LATER", "OTHER", "PEOPLE", "TEXT", "Answer", "Machine", "begin", "export"]

PEOPLE = [f"+336399{80000 + person}" for person in range(300)]
LATER = [f"+336399{80500 + person}" for person in range(300)]
TEXT = "Bonjour {first_name}. STOP au 30101"
NO_HOURS = RunOptions(hours=None)
OTHER = "Soldes demain chez nous, -40% sur tout le magasin. STOP au 30101"


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.out)
        return answer


class Machine:
    """One user's machine and the sandbox it posts to."""

    def __init__(self, sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
        self.sandbox, self.capsys = sandbox, capsys

    def run(self, *args: str | Path) -> Answer:
        self.capsys.readouterr()
        code = run(cli, list(map(str, args)))
        return Answer(code, *self.capsys.readouterr())

    def send(self, file: Path, *args: str | Path, text: str = TEXT) -> Answer:
        return self.run("send", file, "--text", text, "--yes", "--json", *args)

    @property
    def texted(self) -> list[str]:
        return texted_numbers(self.sandbox)


def export(path: Path, people: list[str]) -> Path:
    lines = [f"P{at},{number}" for at, number in enumerate(people)]
    path.write_text("\n".join(["Prénom,Mobile", *lines, ""]), encoding="utf-8")
    return path


def begin(
    file: Path,
    text: str = TEXT,
    optouts: tuple[str, ...] = (),
    run_options: RunOptions = NO_HOURS,
) -> str:
    """Begin a campaign as a run that is killed before its first post leaves it."""
    context = run_context(read_settings(os.environ))
    plan = rehearsal_plan(file, text, optouts=map(Path, optouts), frame_size=400)
    request = SendRequest(run_options=run_options)
    return begin_campaign(prepare_campaign(plan, request, context), context)
