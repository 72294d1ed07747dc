"""Sends 20,000 made-up contacts to a sandbox and takes pictures of the report (`make picture`).

The sandbox reports to `bulksms listen` what became of the texts: late, doubled, out of order, in
both formats, and with forged ones among them. It needs Chromium. Every number is from a range
reserved for fiction, and no text leaves.
"""

import argparse
import csv
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from bulksms.sandbox import (
    CallbackFormat,
    CallbackHabit,
    CallbackRules,
    Sandbox,
    SandboxOptions,
)
from bulksms.sandbox.script import ScriptedReply

ROOT = Path(__file__).parents[1]
PROGRAM = (sys.executable, "-m", "bulksms")
SETTLING_SECONDS = 3.0
PATIENCE_SECONDS = 60.0  # without an answer to any callback
CONTACTS = 20_000
TEXT = (
    "Bonjour {Prénom}, vente privée lundi 30 novembre à {Ville} : -20% sur toute la collection "
    "avec le code LUMEN. STOP au 30101"
)
FIRST_NAMES = (
    "Élodie",
    "Hugo",
    "Inès",
    "Paul",
    "Noël",
    "Sarah",
    "Zoë",
    "Maximilien",
    "Ana",
    "Łucja",
)
CITIES = ("Lyon", "Paris", "Nice", "Lille", "Clermont-Ferrand", "Metz", "Saint-Étienne", "Rennes")
FAULTS = ("", "voir fiche", "06 39 98", "6,4E+08", "06 39 98 00 01", "08 99 00 01")
# Two requests go wrong, so that the report has something to say. A forged receipt with the ticket
# of the first keeps the true ones from ending its doubt.
SCRIPT = (
    ScriptedReply(first=17, last=17, fault="502_after_accept"),
    ScriptedReply(first=31, last=31, code=181),
)
DOCS_SIZES = {"report.png": (960, 1240), "report-whole.png": (960, 4060)}
SIZES = ((1280, 3700), (1024, 3700), (390, 5200))


def main() -> None:
    """Send, report, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", default="en")
    parser.add_argument("--docs", action="store_true", help="replace the picture in docs/images")
    chosen = parser.parse_args()
    folder = chosen.folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    make_list(folder / "clients-novembre.csv")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        environment = os.environ | {
            "BULKSMS_HOME": str(Path(home) / "home"),
            "BULKSMS_API_LOGIN": "picture@example.com",
            "BULKSMS_API_KEY": "test-picture",
        }
        with listening(environment) as address, Sandbox(sandbox_options(address)) as sandbox:
            environment["BULKSMS_BASE_URL"] = sandbox.base_url
            send(folder, environment, chosen.language)
            await_callbacks(sandbox)
        report(folder, environment, chosen.language)
    if chosen.docs:
        for name, size in DOCS_SIZES.items():
            shot = take_picture(folder / "report.html", *size, "light")
            shutil.copyfile(shot, ROOT / "docs" / "images" / name)
    for width, height in SIZES:
        for scheme in ("light", "dark"):
            take_picture(folder / "report.html", width, height, scheme)


def make_list(path: Path) -> None:
    """Write a list as a CRM exports it: mostly good, with the faults of real ones."""
    choose = random.Random(15)  # noqa: S311 - the same list every time
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Prénom", "Ville", "Mobile", "Email"])
        for at, number in enumerate(_numbers(choose)):
            name, city = choose.choice(FIRST_NAMES), choose.choice(CITIES)
            writer.writerow([name, city, number, f"p{at}@example.com"])


def _numbers(choose: random.Random) -> Iterator[str]:
    for at in range(CONTACTS):
        kind = choose.random()
        if kind < 0.955:  # noqa: PLR2004 - the share of good rows
            yield _good_number(at)
        else:
            yield choose.choice(
                ["", "voir fiche", "06 39 98", "6,4E+08", "0639980001", "08 99 00 01"]
            )


def _good_number(at: int) -> str:
    if at < 9_800:  # noqa: PLR2004 - mobile numbers
        return f"06 39 98 {at // 100:02} {at % 100:02}"
    if at < 10_700:  # noqa: PLR2004
        return f"+44 7700 {900_000 + at - 9_800}"
    if at < 11_600:  # noqa: PLR2004
        area = (202, 212, 305, 312, 415, 512, 617, 702, 808)[(at - 10_700) // 100]
        return f"+1 {area} 555 01{at % 100:02}"
    return f"01 99 00 {(at - 11_600) // 100:02} {at % 100:02}"


def sandbox_options(address: str) -> SandboxOptions:
    """Describe a sandbox that reports to an address what became of its texts."""
    rules = CallbackRules(
        format=CallbackFormat.BOTH,
        habits=frozenset(CallbackHabit),
        undelivered=0.06,
        replies=0.02,
        stops=0.004,
        seed=15,
    )
    return SandboxOptions(
        script=SCRIPT,
        credit=Decimal(2_500),
        latency=0.4,
        callback_url=address,
        callback_rules=rules,
    )


@contextmanager
def listening(environment: dict[str, str]) -> Iterator[str]:
    """Start `bulksms listen`, and give the address that it prints."""
    command = [*PROGRAM, "listen", "--port", "0"]
    with subprocess.Popen(  # noqa: S603
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as listener:
        try:
            yield str(listener.stdout and listener.stdout.readline().strip())
        finally:
            listener.terminate()


def send(folder: Path, environment: dict[str, str], language: str) -> None:
    """Send the list."""
    options = {
        "--text": TEXT,
        "--sender": "LUMEN",
        "--hours": "off",
        "--campaign": "vente-privee",
        "--report-language": language,
    }
    command = [*PROGRAM, "send", str(folder / "clients-novembre.csv")]
    command += [word for pair in options.items() for word in pair]
    command += ["--allow-landlines", "--no-progress", "--yes"]
    subprocess.run(command, env=environment, check=False)  # noqa: S603


def await_callbacks(sandbox: Sandbox) -> None:
    """Wait until every callback was answered, and a little for what follows from the last."""
    figures = sandbox.account.callbacks.figures
    least, changed_at = figures()["waiting"], time.monotonic()
    while waiting := figures()["waiting"]:
        if waiting < least:
            least, changed_at = waiting, time.monotonic()
        if time.monotonic() - changed_at > PATIENCE_SECONDS:
            sys.exit(f"{waiting:,} callbacks were not answered: {figures()['answers']}.")
        print(f"\r{waiting:,} callbacks to come ", end="", file=sys.stderr)  # noqa: T201
        time.sleep(1.0)
    time.sleep(SETTLING_SECONDS)
    print(json.dumps(figures(), indent=2))  # noqa: T201


def report(folder: Path, environment: dict[str, str], language: str) -> None:
    """Write the report, with what the receipts said."""
    options = {
        "--html": str(folder / "report.html"),
        "--report-language": language,
        "--contact-results": str(folder / "people.xlsx"),
        "--results": str(folder / "frames.csv"),
    }
    command = [*PROGRAM, "report", "vente-privee", "--no-progress"]
    command += [word for pair in options.items() for word in pair]
    subprocess.run(command, env=environment, check=True)  # noqa: S603


def take_picture(page: Path, width: int, height: int, scheme: str) -> Path:
    """Open the page in Chromium, and return the picture of it."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium is not installed: no picture was taken.")
    picture = page.with_name(f"report-{width}-{scheme}.png")
    command = [chromium, "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"]
    command += [f"--window-size={width},{height}", f"--screenshot={picture}"]
    command += [f"--blink-settings=preferredColorScheme={int(scheme == 'light')}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603
    return picture


if __name__ == "__main__":
    main()
