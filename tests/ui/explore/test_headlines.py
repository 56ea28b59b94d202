"""The sentences of the overview, for small logs whose answer is plain."""

import pandas as pd

from journey import Definitions, Stage, from_frame
from journey.ui.explore.headlines import figures, finding, message, pointers
from journey.ui.navigation import STAGES
from tests.examples import small_log

MODEL = Definitions(won=("Won",), lost=("Lost",))


def log_of(**industries):
    """Of each industry so many journeys won and lost; "none" is not known."""
    rows, accounts = [], []
    for industry, (n_won, n_lost) in industries.items():
        for place, end in enumerate(["Won"] * n_won + ["Lost"] * n_lost):
            account = f"{industry} {place}"
            rows.append((account, pd.Timestamp("2026-01-01"), end))
            accounts.append((account, None if industry == "none" else industry))
    return from_frame(
        pd.DataFrame(rows, columns=["account_id", "occurred_at", "touchpoint"]),
        accounts=pd.DataFrame(accounts, columns=["account_id", "industry"]),
        definitions=MODEL,
    )


def told(log):
    return " ".join(pointer.sentence for pointer in pointers(log))


def test_the_segment_that_wins_most_stands_against_all_whose_value_is_known():
    words = told(log_of(Retail=(30, 10), Chemistry=(10, 30), none=(0, 20)))
    # 40 of 80 with a known industry; 40 of 60 that are not won have one.
    assert "Retail wins most**: 75% of 40 journeys, against 50% of all where it is known" in words
    words = told(log_of(Retail=(30, 10), Chemistry=(10, 30)))
    assert "against 50% of all." in words


def test_what_is_known_of_customers_alone_is_no_segment_that_wins():
    # 15 of 45 that are not won have an industry; its 40 of 40 beat 80 of 95 in all.
    assert "wins most" not in told(log_of(Retail=(40, 0), Chemistry=(40, 15), none=(0, 30)))


def test_drop_offs_are_told_of_the_journeys_that_ended():
    # b skipped Nurture: it drops off in Attract and in Convert, 3 drop-offs of 2 journeys.
    ends = [("a", 0, "Ad"), ("a", 1, "Lost"), ("b", 0, "Ad"), ("b", 1, "Demo"), ("b", 2, "Lost")]
    found = finding(small_log(ends), STAGES)
    assert found.message == "100% of journeys that ended without a win drop off in Attract"
    assert found.rest == "2 of 2 lost or undecided."


def test_one_journey_is_spoken_of_as_one():
    # Shown what it is, then an advertisement again: it turns back and wins nothing.
    log = from_frame(
        pd.DataFrame(
            {
                "account_id": ["a", "a"],
                "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02"]),
                "touchpoint": ["Demo", "Ad"],
            }
        ),
        definitions=Definitions(
            stages=(Stage("See", ("Ad",)), Stage("Try", ("Demo",))), won=("Won",)
        ),
    )
    assert "**1 journey turns back from Try to See.**" in told(log)
    assert message(figures(log)) == "No win so far in 1 journey; 0% have ended, 100% are open"
