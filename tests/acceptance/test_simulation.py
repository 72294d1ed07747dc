"""Promise P13: a dry run opens no connection, and a simulation texts no one."""

import sys
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulksms.campaign import Parameters, Purpose, SmsType, frame_key
from bulksms.octopush import add_request_id, build_body
from bulksms.octopush.request import drop_recipients
from tests.acceptance.driver import Desk, Outcome, accepted, everybody, export, numbers, sandbox
from tests.builders import a_contact

MOMENTS = st.datetimes(timezones=st.timezones())
PARAMETERS = st.builds(
    Parameters,
    text=st.text(max_size=40) | st.just('"simulation_mode":true,"request_id":"sim1-a"'),
    sender=st.none() | st.from_regex("[A-Za-z0-9]{3,11}", fullmatch=True),
    purpose=st.sampled_from(Purpose),
    type=st.sampled_from(SmsType),
    send_at=st.none() | MOMENTS,
    list_name=st.none() | st.text("abc é", min_size=1, max_size=30).filter(str.strip),
    with_replies=st.booleans(),
    recipient_tracking=st.booleans(),
    auto_optimize_text=st.booleans(),
    auto_delete_optout_contacts=st.booleans(),
    simulation_mode=st.booleans(),
)
KEYS = st.builds(frame_key, st.text(max_size=20), st.integers(1, 99), rehearsal=st.booleans())
ADA = a_contact(phone_number="+33639980101", first_name="simulation_mode", param1="sim1-")
BOB = a_contact(phone_number="+33639980102", last_name='"simulation_mode":false')


@settings(max_examples=2000)
@given(parameters=PARAMETERS, key=KEYS, cut=st.booleans())
def test_every_body_says_exactly_whether_it_is_a_simulation(
    parameters: Parameters, key: str, cut: bool
) -> None:
    request_id, body = add_request_id(build_body(parameters, [ADA, BOB]), key=key)
    if cut:  # someone opted out, and the frame was signed again
        rest = drop_recipients(body, {ADA.phone_number})
        assert rest is not None
        request_id, body = add_request_id(rest, key=key)

    fields, simulated = orjson.loads(body), parameters.simulation_mode
    assert fields["simulation_mode"] is simulated
    assert body.count(b'"simulation_mode":' + (b"true" if simulated else b"false") + b",") == 1
    assert fields["request_id"] == request_id
    assert request_id.startswith("sim1-" if simulated else "bs1-")
    other = replace(parameters, simulation_mode=not simulated)
    assert add_request_id(build_body(other, [ADA, BOB]), key=key)[0] != request_id


# Started instead of `-m bulksms`: ends the process at the first socket or look-up of a name.
LAUNCHER = """
import os, sys
def listen(event, args):
    if event.startswith("socket."):
        os.write(2, f"SOCKET {event}\\n".encode())
        os._exit(99)
sys.addaudithook(listen)
from bulksms.cli import main
sys.exit(main(sys.argv[1:]))
"""


def _without_sockets(desk: Desk, *args: str | Path) -> Outcome:
    launcher = desk.folder / "launcher.py"
    launcher.write_text(LAUNCHER, encoding="utf-8")
    return replace(desk, program=(sys.executable, str(launcher))).run(*args)


@pytest.mark.parametrize(
    "extra",
    [
        (),
        ("--simulate",),
        ("--send-at", "tomorrow 10:00", "--sundays", "--holidays", "--list-name", "people"),
        ("--purpose", "alert", "--type", "sms_low_cost", "--sender", "DESK"),
        ("--text-by", "Ville", "--text-for", "V0001=Salut. STOP au 30101"),
    ],
)
@pytest.mark.parametrize(
    "command", [("check",), ("send", "--dry-run"), ("send", "--dry-run", "--yes")]
)
def test_a_dry_run_makes_no_socket(
    tmp_path: Path, command: tuple[str, ...], extra: tuple[str, ...]
) -> None:
    file = export(tmp_path / "export.csv", 20)

    ran = _without_sockets(Desk(tmp_path), *command, file, "--text", "Salut. STOP au 30101", *extra)

    assert ran.code == 0, ran.err


def test_the_launcher_bites(tmp_path: Path) -> None:
    ran = _without_sockets(Desk(tmp_path), "credit")

    assert (ran.code, ran.err.startswith("SOCKET")) == (99, True), ran.err


def test_a_simulated_campaign_texts_no_one_and_the_real_one_everyone_once(tmp_path: Path) -> None:
    file = export(tmp_path / "export.csv", 600)
    posts = tmp_path / "posts.jsonl"
    with sandbox(tmp_path, "--posts-log", str(posts)) as (url, log):
        desk = Desk(tmp_path, url)
        simulated = desk.send(file, "--simulate", "--frame-size", "200", "--json")
        assert simulated.code == 0, simulated.err
        assert accepted(log) == []
        bodies = [orjson.loads(line) for line in posts.read_bytes().splitlines()]
        assert len(bodies) == 3
        assert all(body["simulation"] is True for body in bodies)
        assert all(body["request_id"].startswith("sim1-") for body in bodies)
        real = desk.send(file, "--frame-size", "200", "--json")
        assert real.code == 0, real.err
        assert sorted(numbers(log)) == everybody(600)
        again = desk.send(file, "--frame-size", "200", "--json")
        assert again.code == 0, again.err
        assert len(accepted(log)) == 3
