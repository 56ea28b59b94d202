"""What a proposal of stages and outcomes needs to know of a log."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.definitions import Definitions
from journey.ingest.columns.synonyms import plain
from journey.proposals import propose_definitions
from journey.store.layout import Shard, Store

_ROLE_HEADERS = ("role", "person_role", "buying_role", "job_role", "contact_role", "persona")


def propose_for(store: Store, people: pa.Table | None) -> Definitions:
    """Propose definitions for a log."""
    types, positions = _mean_places(store, "touchpoint")
    stages, _ = _mean_places(store, "stage")
    return propose_definitions(types, positions, stages_seen=stages, roles_seen=_roles(people))


def _mean_places(store: Store, column: str) -> tuple[list[str], list[float]]:
    """Values of a column and their mean place in the journeys (0 to 1), the earliest first."""
    if column not in store.dictionaries:
        return [], []
    values = store.dictionaries[column].to_pylist()
    counts, sums = np.zeros(len(values)), np.zeros(len(values))
    for shard in store.shards:
        codes = shard.codes[column]
        counts += np.bincount(codes, minlength=len(values))
        sums += np.bincount(codes, weights=_places(shard), minlength=len(values))
    found = [
        (round(float(total / n), 6), str(value))
        for value, n, total in zip(values, counts, sums, strict=True)
        if value is not None and n
    ]
    return [value for _, value in sorted(found)], [place for place, _ in sorted(found)]


def _places(shard: Shard) -> npt.NDArray[np.float64]:
    """Where in its journey each touchpoint is: 0 the first, 1 the last, 0.5 the only one."""
    lengths = np.repeat(shard.lengths, shard.lengths)
    number = np.arange(len(lengths)) - np.repeat(shard.offsets[:-1], shard.lengths)
    return np.where(lengths == 1, 0.5, number / np.maximum(lengths - 1, 1))


def _roles(people: pa.Table | None) -> dict[str, int]:
    """Roles of people and how many have each."""
    names = people.column_names if people is not None else []
    column = next((name for name in names if plain(name) in _ROLE_HEADERS), None)
    if people is None or column is None:
        return {}
    return dict(Counter(map(str, people[column].drop_null().to_pylist())))
