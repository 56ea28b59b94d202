"""A data set with two accounts gone silent, and what is true of them."""

import pandas as pd

import journey
from journey import Definitions, Stage

HOSTILE = '**Söndhaven** <img src=x onerror="alert(1)"> $x$'
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
    dormancy_days=90,
    expected_roles=("Buyer", "User"),
)
# In Nurture 20 waited one day and won 1,000 each, 5 waited 40 days and were lost: normal silence
# is 1 day, and 20 of 25 = 80 % won. The log ends on day 51. Silent for 3 days: s1, worth 500; for
# 6 days: s2, worth the median won 1,000. None of the 5 ever silent so long won, so 80 % of the
# value is at risk: 400 and 800, 1,200 together.
WON = [
    (f"w{k:02}", day, name, None, value)
    for k in range(20)
    for day, name, value in ((0, "Mail", None), (1, "Demo", None), (1.1, "Won", 1000))
]
LOST = [
    (f"l{k}", day, name, None, None) for k in range(5) for day, name in ((0, "Mail"), (40, "Lost"))
]
SILENT = [
    ("s1", 40, "Ad", "ann@s.example", None),
    ("s1", 44, "Demo", "bo@s.example", None),
    ("s1", 48, "Mail", "ann@s.example", 500),
    ("s2", 45, "Mail", None, None),
]
LAST = [("z1", 51, "Ad", None, None)]
OWNERS = {"s1": ("Firm One", "Ann"), "s2": (HOSTILE, "Bob"), "z1": ("Zed", "Ann")}


def write(directory, rows, *, model=MODEL):
    """Import rows of account, day, touchpoint, person and value as a data set."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(rows, columns=["account_id", "day", "touchpoint", "person_id", "value"])
    days = frame.pop("day")
    frame["occurred_at"] = [f"{BEGIN + pd.Timedelta(days=day):%Y-%m-%d %H:%M:%S}" for day in days]
    owners = pd.DataFrame(
        [(account, *names) for account, names in OWNERS.items()],
        columns=["account_id", "company", "owner"],
    )
    files = []
    for name, table in (("touches", frame.dropna(axis=1, how="all")), ("accounts", owners)):
        files.append(directory.parent / f"{directory.name}-{name}.csv")
        table.to_csv(files[-1], index=False)
    journey.read_touchpoints(*files, definitions=model, into=directory)
    for file in files:
        file.unlink()
