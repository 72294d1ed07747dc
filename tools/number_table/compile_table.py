"""Compiles the installed metadata into a number table."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from phonenumbers import PhoneNumberType

from bulksms.contacts.numbers.table import UNPROVED, NumberTable, Reading, metadata_version
from tools.number_table.world_graph import WorldGraph

__all__ = ["compile_table"]


def compile_table() -> NumberTable:
    """Compile all numbering plans, which takes some ten seconds."""
    world = WorldGraph()
    starts = {"": world.international}
    starts |= {region: world.national(region) for region in world.regions()}
    nothing = Reading(0, 0, PhoneNumberType.UNKNOWN, "")
    numbers: dict[Reading | None, int] = {None: UNPROVED}
    outcomes = [numbers.setdefault(reading, len(numbers)) for reading in world.graph.outcomes]
    readings = [reading or nothing for reading in numbers]
    return NumberTable(
        stamp=metadata_version(),
        steps=_packed(world.graph.successors),
        outcomes=_packed(outcomes),
        codes=np.array([reading.code for reading in readings], dtype=np.int16),
        dropped=np.array([reading.dropped for reading in readings], dtype=np.int8),
        kinds=np.array([reading.kind for reading in readings], dtype=np.int8),
        regions=np.array([reading.region for reading in readings]),
        entries=np.array(list(starts)),
        starts=np.array(list(starts.values()), dtype=np.int32),
    )


def _packed(numbers: Sequence[int] | Sequence[tuple[int, ...]]) -> NDArray[np.unsignedinteger]:
    wide = np.array(numbers, dtype=np.uint32)
    return wide.astype(np.min_scalar_type(wide.max()))
