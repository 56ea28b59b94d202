import pandas as pd
import pytest

from journey import from_frame
from journey.analysis.quality.identity_audit import match_audit

ROWS = pd.DataFrame(
    [
        # The company Acme: two touches from the web, one by Ann; a call without a source.
        ("Acme", "Visit", "ann", "x", "web"),
        ("Acme", "Visit", None, "y", "web"),
        ("Acme", "Call", "bob", None, None),
        # Ann of no company, and a visitor nobody knows.
        ("cy", "Visit", "cy", None, "web"),
        ("z", "Visit", None, "z", "web"),
    ],
    columns=["account_id", "touchpoint", "person_id", "anonymous_id", "source_system"],
).assign(occurred_at=pd.date_range("2026-01-01", periods=5))
KINDS = pd.DataFrame(
    {"account_id": ["Acme", "cy", "z"], "known as": ["company", "person", "visitor"]}
)


@pytest.mark.parametrize("accounts", [None, KINDS])
def test_shares_are_of_the_touchpoints_of_each_source(accounts):
    audit = match_audit(from_frame(ROWS, accounts=accounts))
    assert audit.to_numpy().tolist() == [["web", 4, 2, 0.5, 2, 0.5], [None, 1, 1, 1.0, 1, 1.0]]


def test_an_account_called_like_a_person_of_another_journey_is_a_company():
    # The account 'bob' has nothing to do with the Bob of Acme.
    rows = pd.concat([ROWS.iloc[:3], ROWS.iloc[[1]].assign(account_id="bob")])
    audit = match_audit(from_frame(rows))
    assert audit["n_with_account"].sum() == 4


def test_the_audit_is_of_what_is_in_view():
    log = from_frame(ROWS, accounts=KINDS)
    assert match_audit(log.exclude("Call"))["n_touchpoints"].tolist() == [4]
    assert match_audit(log.where({"known as": "company"}))["account_share"].tolist() == [1.0, 1.0]


def test_without_the_column_all_count_as_one():
    assert match_audit(from_frame(ROWS), by="nothing")[
        ["value", "n_touchpoints"]
    ].to_numpy().tolist() == [[None, 5]]


def test_nothing_gives_the_columns():
    log = from_frame(ROWS).between(end="2025-01-01")
    assert match_audit(log).empty
    assert list(match_audit(log)) == list(match_audit(from_frame(ROWS)))


def test_a_log_that_knows_only_accounts():
    audit = match_audit(from_frame(ROWS[["account_id", "touchpoint", "occurred_at"]]))
    assert audit[["person_share", "account_share"]].to_numpy().tolist() == [[0.0, 1.0]]
