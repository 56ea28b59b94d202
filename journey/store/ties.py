"""The order of touchpoints that one case joins over several accounts at one instant.

Within an account the store's own order is the order of the source. A person, an opportunity or a
session may be seen in several accounts; only there must it be kept which touchpoint came first.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.store.layout import Array, narrowest

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
    accounts, _ = _codes(table, "account_id")
    cases = [_codes(table, name) for name in CASE_COLUMNS if name in table.column_names]
    rows = np.flatnonzero(joined_over_accounts(accounts, cases))
    keys = ["occurred_at", *({"source_order"} & set(table.column_names)), ROW]
    some = table.select(keys).take(pa.array(rows, pa.int64()))
    order = pc.sort_indices(some, sort_keys=[(key, "ascending") for key in keys]).to_numpy()
    times = some["occurred_at"].cast(pa.int64()).to_numpy()[order]
    ties = places_of_ties(table.num_rows, rows[order], times)
    return table if ties is None else table.append_column(TIE, pa.array(ties))


def joined_over_accounts(
    accounts: Array, cases: Iterable[tuple[Array, int]]
) -> npt.NDArray[np.bool_]:
    """Touchpoints of a person, visitor, session or opportunity seen in several accounts.

    Parameters
    ----------
    accounts
        The account of each touchpoint, as a code.
    cases
        Pairs of codes, one per touchpoint, and how many cases there are; a code from there on
        is no case.
    """
    joined = np.zeros(len(accounts), dtype=bool)
    for codes, n_cases in cases:
        known = np.flatnonzero(codes < n_cases)
        account_of = np.empty(n_cases, accounts.dtype)
        account_of[codes[known]] = accounts[known]
        other = known[account_of[codes[known]] != accounts[known]]
        in_several = np.zeros(n_cases, dtype=bool)
        in_several[codes[other]] = True
        joined[known] |= in_several[codes[known]]
    return joined


def places_of_ties(n_touchpoints: int, rows: Array, times: Array) -> Array | None:
    """The place of every touchpoint among those of its instant; none where no two share one.

    Parameters
    ----------
    rows, times
        The touchpoints to place, sorted by time and then as the source has them; all others have
        place 0.
    """
    places = np.arange(len(times)) - np.searchsorted(times, times)
    if not places.any():
        return None
    ties = np.zeros(n_touchpoints, narrowest(int(places.max()) + 1))
    ties[rows] = places
    return ties


def _codes(table: pa.Table, name: str) -> tuple[Array, int]:
    """Codes of a column and how many values it has; null is the code past these."""
    encoded = table[name].combine_chunks().dictionary_encode()
    n_values = len(encoded.dictionary)
    return encoded.indices.cast(pa.int64()).fill_null(n_values).to_numpy(), n_values
