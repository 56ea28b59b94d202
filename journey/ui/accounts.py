"""Accounts by name: what they are called, and how one is found among very many."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from journey.analysis.accounts import names
from journey.log import TouchpointLog
from journey.schema import KNOWN_AS


def name_columns(log: TouchpointLog) -> list[str]:
    """Return the attributes that name an account (or a person), the best name first.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(
    ...     pd.DataFrame({"account_id": ["a"], "occurred_at": ["2026-01-01"], "touchpoint": "Ad"}),
    ...     accounts=pd.DataFrame({"account_id": ["a"], "domain": "x.example",
    ...                            "company_size": "9", "Company name": "Xo"}))
    >>> name_columns(log)
    ['Company name', 'domain']
    """
    return names.name_columns(_attributes(log))


def account_names(log: TouchpointLog, ids: Sequence[str]) -> list[str | None]:
    """Return the names of accounts, none where no attribute names one.

    Parameters
    ----------
    log
        The log that has them.
    ids
        Its cases.
    """
    return _values(_attributes(log), name_columns(log), _cases(log), ids)


def names_and_kinds(
    log: TouchpointLog, ids: Sequence[str]
) -> tuple[list[str | None], list[str | None] | None]:
    """Return names of accounts, and how each is known (company, person, visitor).

    Parameters
    ----------
    log, ids
        As for ``account_names``.

    Returns
    -------
    names
        As ``account_names`` gives them.
    kinds
        None where all accounts are of one kind.
    """
    table, columns = _attributes(log), name_columns(log)
    is_told = KNOWN_AS in table.column_names
    if not columns and not is_told:
        return [None] * len(ids), None
    rows = _rows(_cases(log), ids)
    kinds = _values_at(table, [KNOWN_AS], rows) if is_told else None
    return _values_at(table, columns, rows), kinds


def person_names(log: TouchpointLog, ids: Sequence[str]) -> list[str | None]:
    """Return the names of people, none where no attribute names one."""
    table = log.store.people
    known = log.store.dictionaries.get("person_id", pa.array([], pa.string()))
    return _values(table, names.name_columns(table), known, ids)


def person_roles(log: TouchpointLog, ids: Sequence[str]) -> list[str | None]:
    """Return the roles of people, none where it is not known."""
    table = log.store.people
    known = log.store.dictionaries.get("person_id", pa.array([], pa.string()))
    return _values(table, [name for name in table.column_names if name == "role"], known, ids)


def find_accounts(log: TouchpointLog, text: str, *, most: int) -> tuple[list[str], int]:
    """Return accounts whose id or name holds a text, and how many there are in all.

    Parameters
    ----------
    log
        The log to look in.
    text
        Any part of an id or a name, in any case of letters.
    most
        How many to return: those that are the text first, then those that begin with it.
    """
    table, wanted = _attributes(log), text.strip()
    columns = [_cases(log), *(table[name] for name in name_columns(log))]
    contained = _any(pc.match_substring(column, wanted, ignore_case=True) for column in columns)
    begun = _any(pc.starts_with(column, wanted, ignore_case=True) for column in columns)
    whole = _any(pc.equal(pc.utf8_lower(column), pa.scalar(wanted.lower())) for column in columns)
    found = np.flatnonzero(contained)
    first = found[np.lexsort((found, ~begun[found], ~whole[found]))[:most]]
    return _cases(log).take(pa.array(first)).to_pylist(), len(found)


def has_account(log: TouchpointLog, account_id: str) -> bool:
    """Return whether a log has an account."""
    return bool(_cases(log).index(pa.scalar(account_id, pa.string())).as_py() >= 0)


def _cases(log: TouchpointLog) -> pa.Array:
    return log.store.dictionaries[log.store.case_role]


def _attributes(log: TouchpointLog) -> pa.Table:
    """Give the attributes of what a journey is of; they lie in the order of the cases."""
    store = log.store
    if store.case_role == "account_id":
        return store.accounts
    return store.people if store.case_role == "person_id" else pa.table({})


def _values(
    table: pa.Table, columns: Sequence[str], known: pa.Array, ids: Sequence[str]
) -> list[str | None]:
    """Look up the first of these columns that says something of each."""
    if not columns:
        return [None] * len(ids)
    return _values_at(table, columns, _rows(known, ids))


def _values_at(table: pa.Table, columns: Sequence[str], rows: pa.Array) -> list[str | None]:
    if not columns or not len(rows):
        return [None] * len(rows)
    return pc.coalesce(*(table[name].take(rows) for name in columns)).to_pylist()


def _rows(known: pa.Array, ids: Sequence[str]) -> pa.Array:
    """Look up where ids stand: a table of the few wanted is made sooner than one of all known."""
    wanted = list(dict.fromkeys(ids))
    places = pc.index_in(known, value_set=pa.array(wanted, pa.string()))
    found = np.flatnonzero(places.is_valid())
    row_of = dict(zip(places.take(pa.array(found)).to_pylist(), found.tolist(), strict=True))
    number_of = {name: number for number, name in enumerate(wanted)}
    return pa.array([row_of.get(number_of[name]) for name in ids], pa.int64())


def _any(found: Sequence[pa.ChunkedArray | pa.Array]) -> np.ndarray:
    return np.logical_or.reduce(
        [np.asarray(one.fill_null(False).to_numpy(zero_copy_only=False)) for one in found]
    )
