"""Small logs written down in a test: (account, day, type)."""

import pandas as pd

from journey import Definitions, Stage, from_frame

BEGIN = pd.Timestamp("2026-01-01", tz="UTC")
MODEL = Definitions(
    stages=(
        Stage("Attract", ("Ad",)),
        Stage("Nurture", ("Mail",)),
        Stage("Convert", ("Demo",)),
        Stage("Expand", ("Renewal",)),
    ),
    won=("Won",),
    lost=("Lost",),
    no_decision=("Parked",),
    dormancy_days=90,
)


def small_log(rows, definitions=MODEL, *, accounts=None, people=None, **columns):
    frame = pd.DataFrame(rows, columns=["account_id", "day", "touchpoint"])
    times = [BEGIN + pd.Timedelta(days=day) for day in frame.pop("day")]
    frame["occurred_at"] = pd.DatetimeIndex(times, tz="UTC", dtype="datetime64[us, UTC]")
    return from_frame(
        frame.assign(**columns), definitions=definitions, accounts=accounts, people=people
    )


def journey_of(*steps):
    """Steps "Ad 0", "Lost 5" of one account."""
    return [("a", float(day), name) for name, day in (step.rsplit(" ", 1) for step in steps)]
