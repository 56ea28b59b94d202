"""Data sets of wins and what was touched before them, for the page of attribution."""

import pandas as pd
import pyarrow as pa

from journey import Definitions, Stage
from journey.definitions import dumps
from journey.load import DEFINITIONS_FILE
from journey.store.layout import with_null
from journey.store.write import write_store

HOSTILE = "<b>Mail</b> $x$"
MODEL = Definitions(
    stages=(Stage("Attract", ("Touch",)), Stage("Expand", ("Renewal",))),
    won=("Won",),
    lost=("Lost",),
)
BEGIN = pd.Timestamp("2026-01-01", tz="UTC")
# 40 wins of 100 each: 30 by Ads and then Mail, 10 by Mail and then Fair. So by first touch Ads has
# 75 %, by last touch none. 5 lost after Ads; one is open.
WINS = [
    row
    for number in range(40)
    for row in (
        *([(f"w{number:02}", 0, "Touch", "Ads", 2.0, None)] if number < 30 else []),
        (f"w{number:02}", 1, "Touch", HOSTILE, None, None),
        *([] if number < 30 else [(f"w{number:02}", 1.5, "Touch", "Fair", None, None)]),
        (f"w{number:02}", 2, "Won", None, None, 100.0),
    )
]
LOST = [
    row
    for number in range(5)
    for row in (
        (f"l{number}", 0, "Touch", "Ads", 2.0, None),
        (f"l{number}", 3, "Lost", None, None, None),
    )
]
OPEN = [("o", 4, "Touch", "Ads", None, None)]


def write(directory, rows, *, model=MODEL, with_channel=True, with_cost=True):
    """Store rows of account, day, type, channel, cost and value as a data set."""
    rows = sorted(rows, key=lambda row: row[:2])
    accounts, days, types, channels, costs, values = zip(*rows, strict=True)
    times = [(BEGIN + pd.Timedelta(days=day)).value // 1000 for day in days]
    columns = {"account_id": accounts, "occurred_at": times, "touchpoint": types}
    dictionaries = {
        name: pa.array(sorted(set(columns[name]))) for name in ("account_id", "touchpoint")
    }
    columns["value"] = pa.array(values, pa.float64())
    if with_channel:
        columns["channel"] = pa.array(channels, pa.string())
        named = sorted({name for name in channels if name is not None})
        dictionaries["channel"] = with_null(pa.array(named, pa.string()))
    if with_cost:
        columns["cost"] = pa.array(costs, pa.float64())
    directory.parent.mkdir(parents=True, exist_ok=True)
    write_store(
        directory,
        pa.table(columns).to_batches(),
        dictionaries=dictionaries,
        n_touchpoints=len(rows),
        whole_seconds=True,
    )
    (directory / DEFINITIONS_FILE).write_text(dumps(model), encoding="utf-8")
