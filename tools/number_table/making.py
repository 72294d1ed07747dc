"""From the installed metadata to a number table."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from phonenumbers import PhoneNumberType

from bulksms.contacts.numbers.table import UNPROVED, NumberTable, Reading, metadata_version
from tools.number_table.entries import World

__all__ = ["compiled"]


def compiled() -> NumberTable:
    """Compile all plans, which takes some ten seconds."""
    world = World()
    starts = {"": world.international}
    starts |= {region: world.national(region) for region in world.regions()}
    nothing = Reading(0, 0, PhoneNumberType.UNKNOWN, "")
    numbers: dict[Reading | None, int] = {None: UNPROVED}
    outcomes = [numbers.setdefault(one, len(numbers)) for one in world.graph.outcomes]
    readings = [one or nothing for one in numbers]
    return NumberTable(
        stamp=metadata_version(),
        steps=_packed(world.graph.successors),
        outcomes=_packed(outcomes),
        codes=np.array([one.code for one in readings], dtype=np.int16),
        dropped=np.array([one.dropped for one in readings], dtype=np.int8),
        kinds=np.array([one.kind for one in readings], dtype=np.int8),
        regions=np.array([one.region for one in readings]),
        entries=np.array(list(starts)),
        starts=np.array(list(starts.values()), dtype=np.int32),
    )


def _packed(numbers: Sequence[int] | Sequence[tuple[int, ...]]) -> NDArray[np.unsignedinteger]:
    wide = np.array(numbers, dtype=np.uint32)
    return wide.astype(np.min_scalar_type(wide.max()))
