"""Who is in a frame, and who of them opted out; looked up in the transaction of the caller.

Works on a connection it is given. Knows nothing of how a frame changes.
"""

import zlib
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bulksms.ledger.compiled import Spoken
from bulksms.ledger.tables import body, opt_out

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["AT_ONCE", "numbers_of", "opted_out_of"]

AT_ONCE = 500  # numbers named in one statement; SQLite takes no endless lists
# Asked before every post, and mostly answered by nothing.
ANYBODY = Spoken(sa.select(opt_out.c.number).limit(sa.literal(1)))


def opted_out_of(connection: sa.Connection, campaign_id: int, number: int) -> "PhoneNumbers":
    """Give the numbers of a frame that opted out, in the frame's order; mostly none."""
    import numpy as np

    if not ANYBODY.speak(connection, {}):
        return np.empty(0, dtype=np.int64)
    inside = numbers_of(connection, campaign_id, number)
    found: list[int] = []
    for start in range(0, len(inside), AT_ONCE):
        some = inside[start : start + AT_ONCE].tolist()
        said_no = sa.select(opt_out.c.number).where(opt_out.c.number.in_(some))
        found += connection.scalars(said_no)
    return inside[np.isin(inside, np.array(found, dtype=np.int64))]


def numbers_of(connection: sa.Connection, campaign_id: int, number: int) -> "PhoneNumbers":
    """Give the numbers of a frame, in its order."""
    import numpy as np

    here = sa.and_(body.c.campaign_id == campaign_id, body.c.number == number)
    packed = connection.scalar(sa.select(body.c.numbers).where(here))
    raw = b"" if packed is None else zlib.decompress(packed)
    return np.frombuffer(raw, dtype="<i8").astype(np.int64)
