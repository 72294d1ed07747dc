"""The finished texts of campaigns in the ledger, as their people read them."""

from typing import TYPE_CHECKING

import numpy as np
import orjson

from bulksms.columnar.arrays import is_in_sorted
from bulksms.contacts import FIELDS
from bulksms.ledger import CampaignRecord, Ledger
from bulksms.message import Template, normalise_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["finished_texts", "may_be_same", "numbers_with_sent_text", "texts_of"]


def numbers_with_sent_text(
    ledger: Ledger, record: CampaignRecord, wanted: "pd.Series[str]", common: "PhoneNumbers"
) -> "Iterator[PhoneNumbers]":
    """Yield those of the `common` numbers to whom a campaign sent the text that is `wanted`.

    The texts are normalised, under their phone numbers; each number is in the campaign.
    """
    if not len(common):
        return
    members, frames = ledger.frames.frame_by_phone_number(record.id)
    involved = np.unique(frames[is_in_sorted(members, common)]).tolist()
    for packed in ledger.frames.bodies(record.id, involved):
        sent = finished_texts(packed.unpack())
        sent = sent[sent.index.isin(common)]
        yield sent.index[sent.to_numpy() == wanted.loc[sent.index].to_numpy()].to_numpy()
    texts = dict(zip(common.tolist(), wanted.loc[common.tolist()], strict=True))
    yield ledger.pseudonyms.same_texts(record.id, common, texts)


def finished_texts(body: bytes) -> "pd.Series[str]":
    """Fill the text of a frozen body for each recipient, under the phone numbers."""
    request = orjson.loads(body)
    import pandas as pd

    recipients = pd.DataFrame(request["recipients"])
    recipients = recipients.reindex(columns=["phone_number", *FIELDS], fill_value="")
    numbers = recipients["phone_number"].astype("str").str.slice(1).astype("int64").to_numpy()
    values = recipients[list(FIELDS)].fillna("").astype("str")
    return normalise_texts(Template.parse(request["text"]).render(values)).set_axis(numbers)


def texts_of(record: CampaignRecord) -> tuple[str, ...]:
    """Return the texts of a campaign, with their placeholders."""
    recorded = record.parameters
    return tuple(text for _, text in recorded.get("texts", [(None, recorded.get("text"))]) if text)


def may_be_same(texts: tuple[str, ...], wanted: "pd.Series[str]") -> bool:
    """Whether one of the texts that are `wanted`, which are normalised, can come from these."""
    patterns = [Template.parse(text).finished_pattern for text in texts]
    return any(wanted.str.contains(pattern, regex=True).any() for pattern in patterns)
