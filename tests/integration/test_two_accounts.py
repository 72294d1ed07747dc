"""A campaign begun on one account is not continued, and nothing repeated, on another."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bulksms.errors import SettingsError
from bulksms.ledger import ProofRecord, open_ledger
from bulksms.octopush import Credentials
from bulksms.sandbox import Sandbox, SandboxOptions
from bulksms.use_cases.context import RunOptions
from bulksms.use_cases.send.resume_campaign import resume_campaign
from tests.integration.nights import NOON, context_at
from tests.integration.test_texted_before import Mute, _send
from tests.sending import PEOPLE_OF_3_FRAMES, write_list


@pytest.mark.parametrize("proved", [False, True])
def test_what_is_in_doubt_on_account_a_is_not_sent_with_the_credentials_of_b(
    tmp_path: Path, proved: bool
) -> None:
    source = write_list(tmp_path / "list.csv", PEOPLE_OF_3_FRAMES[:450])
    with Sandbox(SandboxOptions(now=NOON)) as sandbox:
        of_a = context_at(tmp_path / "home", sandbox.base_url, NOON)
        begun = _send(source, replace(of_a, poster=lambda _url, _who: Mute(of_a.clock)))
        assert begun.report.frames["in_doubt"] == 2
        of_b = replace(of_a, settings=replace(of_a.settings, api_login="b@example.com"))
        if proved:
            credentials = Credentials(login="b@example.com", key="test-a")
            with open_ledger(of_b.settings.home) as ledger:
                ledger.proofs.save(
                    ProofRecord(
                        account=credentials.account_at(sandbox.base_url),
                        base_url=sandbox.base_url,
                        proved_at=NOON,
                        protects=True,
                        window=timedelta(hours=24),
                    )
                )
        with pytest.raises(SettingsError, match="was begun under another login or API address"):
            resume_campaign(begun.report.campaign, RunOptions(), of_b)
        assert sandbox.accepted == ()
