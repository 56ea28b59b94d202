"""A store in memory, from a table in any order."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.schema import NUMBER_ROLES, REQUIRED_ROLES
from journey.store.encode import CASE, TIME, Encoding, Fingerprint, encode, shard_rows
from journey.store.layout import MICROSECONDS, Column, Store, Values, aligned, tick_type, with_null
from journey.store.ties import ROW, TIE, with_ties


def build_store(
    table: pa.Table,
    *,
    accounts: pa.Table | None = None,
    people: pa.Table | None = None,
    rows_per_shard: int | None = None,
) -> Store:
    """Sort and code a table of touchpoints.

    Parameters
    ----------
    table
        ``account_id`` and ``touchpoint`` as text, ``occurred_at`` as microseconds since 1970;
        any further text and number roles. Ties in time keep ``source_order``, then row order.
    accounts, people
        Attributes, with the key ``account_id`` or ``person_id``.

    Raises
    ------
    ColumnNotFoundError
        If a required column is missing.
    ValueNotAllowedError
        If a touchpoint has no account, time or type.
    """
    _check_required(table)
    ordered = _sorted(with_ties(table.append_column(ROW, pa.array(np.arange(table.num_rows)))))
    dictionaries = dictionaries_of(ordered)
    encoding = encoding_of(ordered[TIME], dictionaries)
    rows = rows_per_shard or shard_rows(ordered.num_rows)
    batches = ordered.to_batches(max_chunksize=rows)
    shards = tuple(encode(batches, encoding, rows_per_shard=rows))
    account_table = aligned(accounts, CASE, dictionaries[CASE])
    person_table = aligned(
        people, "person_id", dictionaries.get("person_id", pa.nulls(1, pa.string()))
    )
    fingerprint = Fingerprint()
    for shard in shards:
        fingerprint.add(shard)
    return Store(
        case_role=CASE,
        ticks_per_second=encoding.ticks_per_second,
        dictionaries=dictionaries,
        shards=shards,
        accounts=account_table,
        people=person_table,
        fingerprint=fingerprint.result(dictionaries, account_table, person_table),
    )


def _check_required(table: pa.Table) -> None:
    for role in REQUIRED_ROLES:
        if role not in table.column_names:
            raise ColumnNotFoundError.among(role, table.column_names, where="the table")
        if n_missing := table[role].null_count:
            raise ValueNotAllowedError(
                f"{n_missing:,} of {table.num_rows:,} touchpoints have no {role}. Leave them out."
            )


def dictionaries_of(table: pa.Table) -> dict[str, Values]:
    """The distinct values of every text column in binary order, null last where allowed."""
    dictionaries: dict[str, Values] = {}
    for name in table.column_names:
        if name in (TIME, TIE, "source_order", *NUMBER_ROLES):
            continue
        values = table[name].combine_chunks().cast(pa.string()).unique().drop_null()
        ordered = values.take(pc.sort_indices(values))
        dictionaries[name] = ordered if name in REQUIRED_ROLES else with_null(ordered)
    return dictionaries


def encoding_of(times: Column, dictionaries: Mapping[str, Values]) -> Encoding:
    """Choose the narrowest exact unit of time for these touchpoints."""
    microseconds = times.cast(pa.int64()).to_numpy()
    if not len(microseconds):
        return Encoding(dictionaries, np.dtype(np.int32), 1)
    whole = not np.any(microseconds % MICROSECONDS)
    dtype, per_second = tick_type(
        int(microseconds.min()), int(microseconds.max()), whole_seconds=whole
    )
    return Encoding(dictionaries, dtype, per_second)


def _sorted(table: pa.Table) -> pa.Table:
    """By case and time; ties by the source's own order, then by row."""
    keys = [CASE, TIME, *(["source_order"] if "source_order" in table.column_names else []), ROW]
    order = pc.sort_indices(table, sort_keys=[(key, "ascending") for key in keys])
    return table.drop_columns(ROW).take(order).combine_chunks()
