"""Logs of which every question has something to say."""

import pandas as pd

import journey
from tests.examples import MODEL
from tests.runners.questions import OF_THE_ODD, OF_THE_SAMPLE
from tests.stores import cut
from tests.strategies import seeded


def telling_logs(sample_dataset):
    """The log to ask each question of, by its name; all in several shards."""
    sample, odd, plain = cut(journey.open_log(sample_dataset), 4), odd_times(), seeded(31).log(150)

    def log_for(name):
        if name in OF_THE_ODD:
            return odd
        return sample if name in OF_THE_SAMPLE else plain

    return log_for


def odd_times():
    """Forty visitors and a company, thirty touches and more at one instant, and one of 1970."""
    begin = pd.Timestamp("2026-01-01")
    days = [(number, day) for number in range(40) for day in (0, number % 7, 9)]
    days.append((40, 60))  # by then visitors are silent for 51 days, and were for 9 at most
    times = [begin + pd.Timedelta(days=day) for _, day in days]
    frame = pd.DataFrame(
        {
            "account_id": ["acme" if number == 40 else f"visitor {number}" for number, _ in days],
            "occurred_at": [pd.Timestamp("1970-01-01"), *times[1:]],
        }
    )
    accounts = pd.DataFrame({"account_id": frame["account_id"].unique(), "known as": "visitor"})
    accounts.loc[accounts["account_id"] == "acme", "known as"] = "company"
    return journey.from_frame(
        frame.assign(touchpoint="Demo", channel="Ads"),
        accounts=accounts,
        definitions=MODEL,
        rows_per_shard=40,
    )
