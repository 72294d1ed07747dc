"""The packed source rows of campaigns, part by part, in the caller's transaction."""

from collections.abc import Iterable

import sqlalchemy as sa

from bulksms.ledger.schema.tables import source_row_part

__all__ = ["delete_parts", "insert_parts", "part_numbers", "read_part", "replace_part"]


def insert_parts(connection: sa.Connection, campaign_id: int, parts: Iterable[bytes]) -> None:
    """Write the source rows of a new campaign; only one part is in memory."""
    for number, content in enumerate(parts):
        values = {"campaign_id": campaign_id, "part": number, "content": content}
        connection.execute(sa.insert(source_row_part).values(values))


def part_numbers(connection: sa.Connection, campaign_id: int) -> list[int]:
    """List the parts of a campaign in their order."""
    own = sa.select(source_row_part.c.part).where(source_row_part.c.campaign_id == campaign_id)
    return list(connection.scalars(own.order_by(source_row_part.c.part)))


def read_part(connection: sa.Connection, campaign_id: int, part: int) -> bytes | None:
    """Read one part; `None` when it is gone."""
    statement = sa.select(source_row_part.c.content).where(_is_part(campaign_id, part))
    content: bytes | None = connection.scalar(statement)
    return content


def replace_part(connection: sa.Connection, campaign_id: int, part: int, content: bytes) -> None:
    """Write other rows in the place of a part."""
    is_part = _is_part(campaign_id, part)
    connection.execute(sa.update(source_row_part).where(is_part).values(content=content))


def delete_parts(connection: sa.Connection, campaign_id: int) -> None:
    """Delete the source rows of a campaign."""
    own = source_row_part.c.campaign_id == campaign_id
    connection.execute(sa.delete(source_row_part).where(own))


def _is_part(campaign_id: int, part: int) -> sa.ColumnElement[bool]:
    return sa.and_(source_row_part.c.campaign_id == campaign_id, source_row_part.c.part == part)
