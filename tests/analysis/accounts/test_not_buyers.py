import pandas as pd

import journey
from journey import Definitions
from journey.analysis.accounts.not_buyers import (
    count_not_buyers,
    only_not_buyers,
    without_not_buyers,
)
from journey.rules.not_buyers import NotBuyerRules
from tests.examples import small_log

MODEL = Definitions(won=("Won",), not_buyers=NotBuyerRules(competitor_domains=("rival.com",)))
ROWS = [
    ("applicant", 0, "Ad"),
    ("applicant", 1, "Job application"),
    ("buyer", 0, "Careers page"),
    ("buyer", 1, "Ad"),
    ("customer", 0, "Ad"),
    ("customer", 1, "Won"),
    ("looker", 0, "Careers page"),
    ("rival", 0, "Job application"),
    ("school", 0, "Ad"),
]
ACCOUNTS = pd.DataFrame(
    {
        "account_id": ["applicant", "customer", "rival", "school"],
        "Web site": [None, "mit.edu", "https://www.rival.com/about", "Ox.ac.uk"],
    }
)


def test_each_is_known_by_its_rule():
    found = journey.not_buyers(small_log(ROWS, MODEL, accounts=ACCOUNTS))
    # The customer has the domain of a school, but bought; the buyer looked at more than careers.
    assert found[["account_id", "kind"]].to_numpy().tolist() == [
        ["rival", "competitor"],
        ["school", "student"],
        ["applicant", "job_seeker"],
        ["looker", "job_seeker"],
    ]
    assert found["reason"].iloc[0] == "Competitor: www.rival.com is on the list"


def test_the_first_are_those_of_the_whole_list_and_kinds_are_counted():
    log = small_log(ROWS, MODEL, accounts=ACCOUNTS)
    first = journey.not_buyers(log, limit=2)
    assert first["account_id"].tolist() == ["rival", "school"]
    counts = [["competitor", 1], ["student", 1], ["job_seeker", 2]]
    assert count_not_buyers(log).to_numpy().tolist() == counts


def test_without_a_domain_the_addresses_of_people_tell():
    rows = [("1", 0, "Ad"), ("2", 0, "Ad"), ("3", 0, "Ad")]
    people = ["ann@mit.edu", "bo@uk.rival.com", None]
    found = journey.not_buyers(small_log(rows, MODEL, person_id=people))
    assert found[["account_id", "kind"]].to_numpy().tolist() == [
        ["2", "competitor"],
        ["1", "student"],
    ]


def test_who_is_left_out_and_who_is_left_add_up():
    log = small_log(ROWS, MODEL, accounts=ACCOUNTS)
    assert without_not_buyers(log).n_journeys == 2
    assert sorted(journey.journeys(only_not_buyers(log))["account_id"]) == sorted(
        journey.not_buyers(log)["account_id"]
    )
    assert without_not_buyers(log).fingerprint == without_not_buyers(log).fingerprint


def test_they_are_known_from_what_was_known_then():
    log = small_log(ROWS, MODEL, accounts=ACCOUNTS).between(end="2026-01-02")
    # Nobody has applied but the rival, and the customer has not bought yet.
    found = journey.not_buyers(log).set_index("account_id")["kind"].to_dict()
    assert found == {
        "rival": "competitor",
        "customer": "student",
        "school": "student",
        "buyer": "job_seeker",
        "looker": "job_seeker",
    }


def test_an_empty_log_has_none():
    assert journey.not_buyers(small_log([], MODEL)).empty
