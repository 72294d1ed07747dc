"""Erased people are recognised when their number comes back, and never posted."""

from collections.abc import Mapping

import numpy as np
import pytest

from bulksms.ledger import CampaignRecord, FrameState, Ledger
from bulksms.ledger.people.erasures import ContentEditor
from bulksms.ledger.people.pseudonyms import hash_text, pseudonyms_of
from bulksms.ledger.schema.tables import metadata
from tests.builders import new_campaign
from tests.unit.ledger.samples import ANNA, BERT, CARL, LATER, NOON, frame_of

KEY, OTHER_KEY = b"k" * 32, b"o" * 32


def texts_of(body: bytes) -> Mapping[int, str]:
    return {ANNA: f"{body!r} for Anna", CARL: f"{body!r} for Carl"}


EDITOR = ContentEditor(
    remove_recipients=lambda body, numbers: body + b" without %d" % len(numbers),
    finished_texts=texts_of,
    remove_row=lambda packed, _pseudonym: (
        packed.replace(b"Anna", b"") if b"Anna" in packed else None
    ),
    mask=lambda text: text.replace("39980101", "x"),
)
BODY = b'["+33639980101","+33639980102","+33639980103"]'


@pytest.fixture
def sent(ledger: Ledger) -> CampaignRecord:
    """A campaign of three whose only frame was accepted."""
    campaign = new_campaign(text_digest="t" * 64, counts={"rows": 3})
    record = ledger.campaigns.create(
        campaign, [frame_of(CARL, ANNA, BERT, body=BODY)], [b"Bert", b"Anna"]
    )
    assert ledger.claims.claim(record.id, 1, NOON)
    ledger.claims.record(
        record.id, 1, FrameState.ACCEPTED, LATER, message="taken, without +33639980101"
    )
    return record


def texted(ledger: Ledger) -> list[int]:
    numbers: list[int] = ledger.history.numbers_texted("t" * 64, False, None).tolist()
    return numbers


def test_a_pseudonym_is_negative_and_depends_on_the_key() -> None:
    numbers = np.array([ANNA, BERT], dtype=np.int64)

    first, second = pseudonyms_of(numbers, KEY), pseudonyms_of(numbers, OTHER_KEY)

    assert (first < 0).all()
    assert len({*first.tolist(), *second.tolist()}) == 4
    assert pseudonyms_of(first, KEY).tolist() == first.tolist()
    assert hash_text(ANNA, "Bonjour", KEY) != hash_text(BERT, "Bonjour", KEY)


def test_an_erased_person_is_texted_no_second_time(ledger: Ledger, sent: CampaignRecord) -> None:
    ledger.erasures.erase(ANNA, EDITOR)

    ledger.pseudonyms.recognise(np.array([ANNA, 33639980199], dtype=np.int64))
    assert texted(ledger) == [ANNA, BERT, CARL]
    stored = ledger.frames.phone_numbers(sent.id, 1).tolist()
    assert (stored[0], stored[2]) == (CARL, BERT)
    assert stored[1] < 0
    people, frames = ledger.frames.frame_by_phone_number(sent.id)
    assert people.tolist() == [ANNA, BERT, CARL]
    assert frames.tolist() == [1, 1, 1]


def test_a_plan_that_was_not_searched_is_not_compared(ledger: Ledger, sent: CampaignRecord) -> None:
    del sent
    ledger.erasures.erase(ANNA, EDITOR)

    with pytest.raises(RuntimeError, match="erased people"):
        texted(ledger)


def test_the_text_an_erased_person_got_is_known_by_its_hash(
    ledger: Ledger, sent: CampaignRecord
) -> None:
    ledger.erasures.erase(ANNA, EDITOR)
    everybody = np.array([ANNA, BERT], dtype=np.int64)
    ledger.pseudonyms.recognise(everybody)

    same = {ANNA: texts_of(BODY)[ANNA], BERT: texts_of(BODY)[ANNA]}

    assert ledger.pseudonyms.same_texts(sent.id, everybody, same).tolist() == [ANNA]
    assert ledger.pseudonyms.same_texts(sent.id, everybody, {ANNA: "another"}).tolist() == []


def test_an_erasure_leaves_what_is_counted_and_verified(
    ledger: Ledger, sent: CampaignRecord
) -> None:
    ledger.opt_outs.add([ANNA], "from +33639980101", NOON)
    before = ledger.frames.get(sent.id, 1)

    ledger.erasures.erase(ANNA, EDITOR)
    ledger.erasures.scrub()

    after = ledger.frames.get(sent.id, 1)
    assert (after.state, after.contacts, after.attempts) == (before.state, 3, 1)
    assert after.message == "taken, without +336x"
    assert ledger.frames.body(sent.id, 1) == BODY + b" without 1"
    assert list(ledger.campaigns.source_rows(sent.id)) == [b"Bert", b""]
    assert ledger.opt_outs.all().tolist() == []
    assert ledger.opt_outs.among([ANNA, BERT]).tolist() == [ANNA]
    assert ledger.opt_outs.add([ANNA, BERT], "typed", LATER) == 1
    assert ledger.opt_outs.all().tolist() == [BERT]
    assert [change for _, change in ledger.opt_outs.history_of(ANNA)] == ["+"]
    assert ledger.reconciler.verify() == ()


def test_a_frame_with_an_erased_person_is_not_claimed(ledger: Ledger) -> None:
    record = ledger.campaigns.create(new_campaign(), [frame_of(CARL, ANNA, BERT, body=BODY)])
    ledger.erasures.erase(ANNA, EDITOR)

    assert not ledger.claims.claim(record.id, 1, NOON)
    assert len(ledger.opt_outs.in_frame(record.id, 1)) == 1


def test_a_purged_campaign_has_no_one_left_and_keeps_its_sums(
    ledger: Ledger, sent: CampaignRecord
) -> None:
    ledger.erasures.purge(sent.id, EDITOR, LATER)

    assert (ledger.frames.phone_numbers(sent.id, 1) < 0).all()
    assert ledger.frames.get(sent.id, 1).contacts == 3
    assert not ledger.campaigns.has_source_rows(sent.id)
    assert list(ledger.campaigns.source_rows(sent.id)) == []
    assert ledger.campaigns.get("spring").purged_at == LATER
    assert ledger.campaigns.get("spring").counts == {"rows": 3}
    ledger.pseudonyms.recognise(np.array([CARL], dtype=np.int64))
    assert CARL in texted(ledger)
    text = {CARL: texts_of(BODY)[CARL]}
    everybody = np.array([CARL], dtype=np.int64)
    assert ledger.pseudonyms.same_texts(sent.id, everybody, text).tolist() == [CARL]
    assert ledger.reconciler.verify() == ()


def test_every_column_that_can_hold_a_number_is_one_an_erasure_knows() -> None:
    """A new table with numbers, or with packed contents, must be erased too.

    Sentences (Text, JSON) are masked wherever they are; names, ids and digests hold no numbers.
    """
    kinds = ("BIGINT", "BLOB", "BINARY")
    columns = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if str(column.type) in kinds or column.name in {"phone_number", "recipient"}
    }

    erased = {"frame_body.body", "frame_body.numbers", "source_row_part.content"}
    erased |= {"opt_out.number", "receipt.number", "held_stop.number"}
    hashes = {"erased_frame.texts", "opt_out_event.hashes", "hashed_opt_out.hash"}
    others = {"opt_out_key.key", "server_identity.entry_table"}  # the second numbers a table
    assert columns == erased | hashes | others
