"""Collects masked facts for a bug report: versions, settings, counts, findings, log lines.

Everything written comes from closed lists: no name, text, number, key or login is among them, and
every line is masked once more.
"""

import io
import json
import platform
import sys
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from bulksms import __version__
from bulksms.errors import BulkSmsError
from bulksms.ledger import is_server_url, ledger_exists, ledger_file, open_ledger
from bulksms.notifications.event_log import mask
from bulksms.output.whole_file import whole_file
from bulksms.settings import Settings, read_settings_file
from bulksms.use_cases.upkeep.check_machine import SetupCheck

__all__ = ["collect_facts", "write_bundle"]

LOG_LINES = 200
LOG_FILES = 5
PREFIX = "BULKSMS_"
# Settings whose values say nothing about people, money or secrets.
SHOWN = ("base_url", "allow_synced_folder", "retention")


def collect_facts(
    checks: Sequence[SetupCheck], settings: Settings, environ: Mapping[str, str]
) -> dict[str, str]:
    """Return the masked contents of the bundle, by file name."""
    facts = {
        "versions.json": _as_text(_versions()),
        "settings.json": _as_text(_settings(settings, environ)),
        "checks.json": _as_text(
            [{"name": c.name, "status": c.status.value, "message": c.message} for c in checks]
        ),
        "ledger.json": _as_text(_ledger(settings)),
        **_log_lines(settings),
    }
    return {name: _masked(content, settings) for name, content in facts.items()}


def write_bundle(path: Path, facts: Mapping[str, str]) -> None:
    """Write the facts as a private zip file.

    Raises:
        InputError: it cannot be written.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in facts.items():
            archive.writestr(name, content)
    with whole_file(path) as draft:
        draft.buffer.write(packed.getvalue())


def _masked(content: str, settings: Settings) -> str:
    """Mask numbers, secrets, and the folders that name the user."""
    address = settings.ledger if is_server_url(settings.ledger) else None
    given = (settings.api_key, settings.api_login, settings.proxy, address)
    secrets = [value for value in given if value]
    for folder, name in ((settings.home, "STATE"), (Path.home(), "~")):
        # As it is written in JSON, where Windows' backslashes are doubled.
        for spelled in (json.dumps(str(folder))[1:-1], str(folder)):
            content = content.replace(spelled, name)
    return mask(content, secrets)


def _versions() -> dict[str, Any]:
    return {
        "bulksms": __version__,
        "python": sys.version,
        "platform": platform.platform(),
        "libraries": dict(
            sorted((each.metadata["Name"] or "?", each.version) for each in distributions())
        ),
    }


def _settings(settings: Settings, environ: Mapping[str, str]) -> dict[str, Any]:
    """Name every setting that is given, and show the values of a few."""
    return {
        "values": {name: str(getattr(settings, name)) for name in SHOWN},
        "given": sorted(
            each.name for each in fields(settings) if getattr(settings, each.name) is not None
        ),
        "settings_file": sorted(read_settings_file(settings.home)),
        "environment": sorted(name for name in environ if name.startswith(PREFIX)),
        "rehearsal": settings.rehearsal,
    }


def _ledger(settings: Settings) -> dict[str, Any]:
    """Count what is in the ledger; a ledger that cannot be read says why."""
    if not ledger_exists(settings.home, settings.ledger):
        return {"exists": False}
    facts: dict[str, Any] = {"exists": True, "on_server": is_server_url(settings.ledger)}
    if not facts["on_server"]:
        facts["bytes"] = ledger_file(settings.home, settings.ledger).stat().st_size
    try:
        with open_ledger(settings.home, settings.ledger) as ledger:
            records = ledger.campaigns.all()
            frames = Counter[str]()
            for record in records:
                counts = ledger.frames.count_by_state(record.id)
                frames.update({state.value: count for state, count in counts.items()})
            facts |= {
                "campaigns": dict(Counter(record.state for record in records)),
                "purged": sum(record.purged_at is not None for record in records),
                "frames": dict(frames),
                "opt_outs": len(ledger.opt_outs.all()),
                "opt_outs_by_hash": ledger.opt_outs.count_hashed(),
            }
    except BulkSmsError as error:
        facts["error"] = f"{type(error).__name__}: {error}"
    return facts


def _log_lines(settings: Settings) -> dict[str, str]:
    """Return the last lines of the newest logs in the state folder."""
    folder = settings.home / "logs"
    files = [path for path in folder.glob("*.log*") if path.is_file()] if folder.is_dir() else []
    newest = sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)[:LOG_FILES]
    logs = {}
    for path in newest:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
        logs[f"logs/{path.name}"] = "\n".join(lines) + "\n"
    return logs


def _as_text(facts: object) -> str:
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"
