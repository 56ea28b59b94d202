import pandas as pd
import pytest

from journey import (
    Definitions,
    Stage,
    call_list,
    outcomes,
    stalled_accounts,
    unnamed_visitors,
    value_at_risk,
    who_can_be_called,
)
from tests.examples import small_log

# Twenty waited a day in Nurture before they went on, won 1,000 each, so longer is no normal. Firm
# and cookie are silent for three days; of five silent for 40 days there none won.
WAITS = [
    (f"w{k}", day, name)
    for k in range(20)
    for day, name in ((0, "Mail"), (1, "Demo"), (1.1, "Won"))
]
LOST = [(f"l{k}", day, name) for k in range(5) for day, name in ((0, "Mail"), (40, "Lost"))]
SILENT = [("firm", 48, "Mail"), ("cookie", 48.04, "Mail"), ("z", 51, "Ad")]
ROWS = [*WAITS, *LOST, *SILENT]
KINDS = {"cookie": "visitor", "z": None}


def log_of(kinds=KINDS):
    values = [1_000 if name == "Won" else None for _, _, name in ROWS]
    ids = sorted({account for account, _, _ in ROWS})
    known = [kinds.get(one, "company") for one in ids]
    accounts = pd.DataFrame({"account_id": ids, "known as": known})
    return small_log(ROWS, accounts=accounts if kinds else None, value=values)


def n_stalled(log):
    return outcomes(log).set_index("outcome")["n_journeys"]["stalled"]


def test_the_two_lists_are_all_that_are_stalled_with_all_that_is_at_risk():
    log = log_of()
    named, unnamed = who_can_be_called(log), unnamed_visitors(log)
    assert stalled_accounts(named)["account_id"].tolist() == ["firm"]
    assert stalled_accounts(unnamed)["account_id"].tolist() == ["cookie"]
    assert named.n_journeys + unnamed.n_journeys == log.n_journeys
    assert n_stalled(named) + n_stalled(unnamed) == n_stalled(log) == 2
    assert value_at_risk(log) == value_at_risk(named) + value_at_risk(unnamed) > 0


def test_only_who_can_be_called_is_on_the_call_list():
    assert call_list(log_of())["account_id"].tolist() == ["firm"]
    assert call_list(log_of(), limit=1)["account_id"].tolist() == ["firm"]
    assert call_list(unnamed_visitors(log_of())).empty


def test_amounts_are_to_the_cent_and_silences_to_a_tenth_of_a_day():
    # The median won value of 1,000 times 20 of 25 that won; the value is nobody's own.
    # Silent from day 48.04 to 51 is 2.96 days.
    row = call_list(log_of({"z": None})).set_index("account_id").loc["cookie"]
    assert row[["value_at_risk", "days_silent"]].tolist() == [800.0, 3.0]
    assert pd.isna(row["deal_value"])


def test_a_visitor_is_given_no_advice_and_lacks_no_roles():
    # After a mail 30 of 40 that were called won and 10 of 40 that saw a page.
    rows = [
        (f"{touch} {k}", day, name)
        for touch, n_won in (("Call", 30), ("Page", 10))
        for k in range(40)
        for day, name in ((0, "Mail"), (1, touch), (2, "Won" if k < n_won else "Lost"))
    ]
    rows += [("firm", 48, "Mail"), ("cookie", 48.04, "Mail"), ("z", 51, "Ad")]
    ids = sorted({account for account, _, _ in rows})
    accounts = pd.DataFrame(
        {"account_id": ids, "known as": [KINDS.get(one, "company") for one in ids]}
    )
    model = Definitions(
        (Stage("Nurture", ("Mail",)),), won=("Won",), lost=("Lost",), expected_roles=("Buyer",)
    )
    found = stalled_accounts(small_log(rows, model, accounts=accounts)).set_index("account_id")
    assert found.loc["firm", ["next_touchpoint", "missing_roles"]].tolist() == ["Call", "Buyer"]
    assert found.loc["cookie", ["next_touchpoint", "n_next", "missing_roles"]].tolist() == [
        None,
        0,
        "",
    ]


@pytest.mark.parametrize("kinds", [{}, {"cookie": "person"}])
def test_a_log_that_tells_no_visitor_stays_whole(kinds):
    log = log_of(kinds)
    assert who_can_be_called(log).n_journeys == log.n_journeys
    assert unnamed_visitors(log).n_journeys == 0
    assert call_list(log)["account_id"].tolist() == ["firm", "cookie"]


def test_a_narrowed_log_is_parted_too():
    log = log_of().where({"known as": "visitor"})
    assert who_can_be_called(log).n_journeys == 0
    assert unnamed_visitors(log).n_journeys == 1
