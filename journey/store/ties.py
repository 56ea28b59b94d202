"""The order of touchpoints that one case joins over several accounts at one instant.

Within an account the store's own order is the order of the source. A person, an opportunity or a
session may be seen in several accounts; only there must it be kept which touchpoint came first.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.store.layout import narrowest

TIE: Final = " tie"
"""The column of places among touchpoints of one instant; 0 for those that no other ties with.

The blanks before names keep them apart from any column of the log.
"""

ROW: Final = " row"

CASE_COLUMNS: Final = ("person_id", "anonymous_id", "session_id", "opportunity_id")


def with_ties(table: pa.Table) -> pa.Table:
    """The table, with the places of ties as a further column where there are any.

    Parameters
    ----------
    table
        Touchpoints, with their places in the source as ``ROW``.
    """
    rows = np.flatnonzero(_joined_over_accounts(table))
    keys = ["occurred_at", *({"source_order"} & set(table.column_names)), ROW]
    some = table.select(keys).take(pa.array(rows, pa.int64()))
    order = pc.sort_indices(some, sort_keys=[(key, "ascending") for key in keys]).to_numpy()
    times = some["occurred_at"].cast(pa.int64()).to_numpy()[order]
    places = np.arange(len(times)) - np.searchsorted(times, times)
    if not places.any():
        return table
    ties = np.zeros(table.num_rows, narrowest(int(places.max()) + 1))
    ties[rows[order]] = places
    return table.append_column(TIE, pa.array(ties))


def _joined_over_accounts(table: pa.Table) -> npt.NDArray[np.bool_]:
    """Touchpoints of a person, visitor, session or opportunity seen in several accounts."""
    joined = np.zeros(table.num_rows, dtype=bool)
    accounts = _codes(table, "account_id")
    for name in CASE_COLUMNS:
        if name in table.column_names:
            cases = _codes(table, name)
            known = np.flatnonzero(cases >= 0)
            account_of = np.empty(int(cases.max(initial=-1)) + 1, np.int64)
            account_of[cases[known]] = accounts[known]
            other = known[account_of[cases[known]] != accounts[known]]
            in_several = np.zeros(len(account_of), dtype=bool)
            in_several[cases[other]] = True
            joined[known] |= in_several[cases[known]]
    return joined


def _codes(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    encoded = table[name].combine_chunks().dictionary_encode()
    return encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy()
