"""Match audit: of how many touchpoints the person and the account are known, by source."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from journey.log import TouchpointLog
from journey.store.layout import Store
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_KNOWN_AS = "known as"
_COMPANY = "company"


def match_audit(log: TouchpointLog, *, by: str = "source_system") -> pd.DataFrame:
    """The share of touchpoints in view with a known person and of a known account, by source.

    A person is known where the touchpoint has one. An account is known where the journey is a
    company's, not that of a person, a visitor or an opportunity of no known company.

    Parameters
    ----------
    log
        Any log by account.
    by
        A text column of touchpoints; where the log has none of that name, all count as one.

    Returns
    -------
    DataFrame
        One row per value that occurs: ``value`` (None where there is none), ``n_touchpoints``,
        ``n_with_person``, ``person_share``, ``n_with_account``, ``account_share`` (both of the
        touchpoints on the row). Most touchpoints first, then by value; adds up to touchpoints.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["Acme", "Acme", "x"], "touchpoint": ["Ad", "Demo", "Visit"],
    ...     "person_id": [None, "ann", None], "anonymous_id": ["y", None, "x"],
    ...     "source_system": ["web", "crm", "web"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-03-03", "2026-03-04"])}))
    >>> match_audit(log)[["value", "person_share", "account_share"]].values.tolist()
    [['web', 0.0, 0.5], ['crm', 1.0, 1.0]]
    """
    store = log.store
    column = by if by in store.text_columns else None
    values = store.dictionaries[column].to_pylist() if column else [None]
    count = partial(_count, column=column, n_values=len(values))
    counts = sum(log.ask(count), np.zeros((3, len(values)), np.int64))
    seen = np.flatnonzero(counts[0])
    n_touchpoints, n_with_person, n_with_account = counts[:, seen]
    frame = pd.DataFrame(
        {
            "value": pd.Series([values[code] for code in seen], dtype=object),
            "n_touchpoints": n_touchpoints,
            "n_with_person": n_with_person,
            "person_share": n_with_person / np.maximum(n_touchpoints, 1),
            "n_with_account": n_with_account,
            "account_share": n_with_account / np.maximum(n_touchpoints, 1),
        }
    )
    return frame.sort_values(["n_touchpoints", "value"], ascending=[False, True], ignore_index=True)


def _count(view: View, *, column: str | None, n_values: int) -> Ints:
    """By value: touchpoints, those with a person, those of an account."""
    store = view.store
    codes = (
        view.codes(column).astype(np.int64) if column else np.zeros(view.n_touchpoints, np.int64)
    )
    has_person = _has_value(view, store, "person_id")
    is_company = _is_company(view, store)
    parts = [codes, codes[has_person], codes[is_company]]
    return np.array([np.bincount(part, minlength=n_values) for part in parts], np.int64)


def _has_value(view: View, store: Store, column: str) -> Flags:
    if column not in store.text_columns:
        return np.zeros(view.n_touchpoints, np.bool_)
    is_filled = pc.is_valid(store.dictionaries[column])
    return np.asarray(is_filled.to_numpy(zero_copy_only=False))[view.codes(column)]


def _is_company(view: View, store: Store) -> Flags:
    """Whether the journey of a touchpoint is a company's.

    Where the import does not say what journeys are known as, a journey called like its own person,
    visitor, opportunity or session is that one's.
    """
    accounts = view.codes("account_id")
    if _KNOWN_AS in store.accounts.column_names:
        kinds = pc.equal(store.accounts[_KNOWN_AS], pa.scalar(_COMPANY))
        return np.asarray(kinds.fill_null(False).to_numpy(zero_copy_only=False))[accounts]
    is_company = np.ones(view.n_touchpoints, np.bool_)
    for column in ("person_id", "anonymous_id", "opportunity_id", "session_id"):
        if column in store.text_columns:
            same = _as_account(store, column)
            is_company &= same[view.codes(column)] != accounts
    return is_company


def _as_account(store: Store, column: str) -> Ints:
    """For each value of a column the code of the account spelled alike; -1 for none."""
    found = pc.index_in(store.dictionaries[column], value_set=store.dictionaries["account_id"])
    is_null = pc.is_null(store.dictionaries[column])
    codes = pc.if_else(is_null, pa.scalar(None, pa.int32()), found).fill_null(-1)
    return np.asarray(codes.to_numpy(zero_copy_only=False)).astype(np.int64)
