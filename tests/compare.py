"""Whether a frame says what a reference says."""

from math import isclose, isnan

import pandas as pd

EPOCH = pd.Timestamp(0, tz="UTC")


def same(frame, rows):
    """Assert that a frame has exactly the values of reference rows, in their order."""
    assert len(frame) == len(rows)
    for found, wanted in zip(records(frame), rows, strict=True):
        for name, value in wanted.items():
            assert is_same(found[name], value), (name, found, wanted)


def is_same(found, wanted):
    """Whether two values are equal, but for the last digits of a float."""
    if isinstance(wanted, float):
        return (isnan(found) and isnan(wanted)) or isclose(
            found, wanted, rel_tol=1e-9, abs_tol=1e-12
        )
    return found == wanted


def records(frame):
    """Rows as plain values: times as microseconds, missing ones as None."""
    return [{name: plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def plain(value):
    if value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return (value - EPOCH) // pd.Timedelta(microseconds=1)
    return value
