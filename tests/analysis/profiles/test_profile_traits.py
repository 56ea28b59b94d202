from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from journey import keep_segment, profile_traits
from journey.analysis.profiles.profile_traits import (
    BY_ONE_PART,
    NO_DIFFERENCE,
    ON_THE_WAY,
    TOO_FEW,
    WINS_MORE,
)
from tests.analysis.profiles.test_criteria import belongs
from tests.examples import small_log
from tests.strategies import samples, seeded


def check(sample, rows_per_shard):
    """Every row counts the journeys of its own criteria, of those of which they can be told."""
    log, reference = sample.log(rows_per_shard), sample.oracle()
    frame = profile_traits(log)
    for row in frame.to_dict("records"):
        segment = row["segment"]
        inside = [case for case in reference.journeys if belongs(reference, segment, case)]
        outcomes = [reference.journeys[case].outcome for case in inside]
        assert row["n_journeys"] == len(inside)
        assert (row["n_won"], row["n_lost"]) == (outcomes.count("won"), outcomes.count("lost"))
    return frame


@settings(max_examples=8)
@given(samples())
def test_traits_count_the_journeys_of_their_criteria(sample):
    check(sample, 2)


def test_a_bigger_log_counts_as_its_criteria_do_and_shards_change_nothing():
    sample = seeded(5)
    frame = check(sample, None)
    assert (frame["n_traits"] == 2).any()
    again = profile_traits(sample.log(100))
    pd.testing.assert_frame_equal(frame, again)


def planted(cells):
    """Accounts by industry, size and whether won: each cell n journeys, of which some won."""
    rows, accounts = [], []
    for (industry, size), (n, n_won) in cells.items():
        for number in range(n):
            name = f"{industry} {size} {number}"
            accounts.append((name, industry, size))
            rows += [(name, 0, "Ad"), (name, 1, "Won" if number < n_won else "Mail")]
    frame = pd.DataFrame(accounts, columns=["account_id", "industry", "employees"])
    return small_log(rows, accounts=frame)


CELLS = {
    ("Maker", "big"): (60, 30),
    ("Maker", "small"): (60, 3),
    ("Shop", "big"): (60, 3),
    ("Shop", "small"): (60, 3),
    ("Farm", "small"): (8, 1),
}


class TestVerdicts:
    def test_a_pair_stands_out_and_its_parts_are_told_apart(self):
        found = profile_traits(planted(CELLS)).set_index("profile")
        row = found.loc["Industry Maker; employees big"]
        # 30 of 60 against 10 of the other 188.
        assert row["verdict"] == WINS_MORE
        assert (row["n_rest"], row["lift"]) == (188, pytest.approx(0.5 / (10 / 188)))
        assert found.loc["Industry Farm", "verdict"] == TOO_FEW
        assert np.isnan(found.loc["Industry Farm", "chance"])
        assert "Industry Farm; employees small" not in found.index

    def test_a_pair_that_adds_nothing_is_explained_by_one_part(self):
        cells = {
            ("Maker", "big"): (60, 30),
            ("Maker", "small"): (60, 30),
            ("Shop", "big"): (60, 3),
            ("Shop", "small"): (60, 3),
        }
        found = profile_traits(planted(cells)).set_index("profile")["verdict"]
        assert found["Industry Maker"] == WINS_MORE
        assert found["Industry Maker; employees big"] == BY_ONE_PART
        assert found["Employees big"] == NO_DIFFERENCE

    def test_what_nearly_all_won_journeys_have_is_no_sign(self):
        rows = [(f"a{number}", 0, "Ad") for number in range(60)]
        rows += [(f"a{number}", 1, "Won") for number in range(40)] + [("b", 0, "Mail")]
        found = profile_traits(small_log(rows)).set_index("profile")["verdict"]
        assert found.to_dict() == {"Had Ad": ON_THE_WAY, "Had Mail": TOO_FEW}

    def test_what_every_journey_has_tells_nothing(self):
        assert "Had Ad" not in set(profile_traits(planted(CELLS))["profile"])

    def test_accounts_of_which_nothing_is_known_are_on_neither_side(self):
        strangers = [(f"stranger {number}", 0, "Ad") for number in range(100)]
        rows = [*strangers, ("known", 0, "Ad"), ("other", 0, "Won")]
        accounts = pd.DataFrame({"account_id": ["known", "other"], "industry": ["Shop", "Farm"]})
        found = profile_traits(small_log(rows, accounts=accounts)).set_index("profile")
        assert found.loc["Industry Shop", ["n_journeys", "n_rest"]].tolist() == [1, 1]


def test_owners_and_names_are_no_traits():
    names = [f"a{number}" for number in range(300)]
    accounts = pd.DataFrame(
        {
            "account_id": names,
            "company": names,
            "owner": ["Ann", "Bob"] * 150,
            "region": ["N", "S"] * 150,
        }
    )
    log = small_log([(name, 0, "Ad") for name in names], accounts=accounts)
    who = profile_traits(log).query("kind == 'attribute'")
    assert set(who["profile"]) == {"Region N", "Region S"}


def test_where_accounts_have_no_attributes_people_do():
    people = pd.DataFrame({"person_id": ["p", "q"], "age": ["18-25", "26-40"]})
    log = small_log([("a", 0, "Ad"), ("b", 0, "Ad")], people=people, person_id=["p", "q"])
    found = profile_traits(log).query("kind == 'attribute'")
    assert found["profile"].tolist() == ["Age 18-25", "Age 26-40"]
    assert [keep_segment(log, segment).n_journeys for segment in found["segment"]] == [1, 1]


def test_of_consumers_demographics_count_beside_what_the_log_says_of_them():
    # Each person is an account: what they bought from stands in the one table, age in the other.
    accounts = pd.DataFrame({"account_id": ["p", "q"], "product_line": ["Shoes", "Bags"]})
    people = pd.DataFrame({"person_id": ["p", "q"], "age": ["18-25", "26-40"]})
    rows = [("p", 0, "Ad"), ("p", 1, "Won"), ("q", 0, "Won"), ("q", 1, "Ad")]
    told = {"accounts": accounts, "people": people, "person_id": ["p", "p", "q", "q"]}
    log = small_log(rows, **told)
    found = profile_traits(log).query("kind == 'attribute' and n_traits == 1")
    names = {"Age 18-25", "Age 26-40", "Product line Shoes", "Product line Bags"}
    assert set(found["profile"]) == names
    # q won by the first touch: who it is was known all the same.
    assert found.set_index("profile").loc["Age 26-40", "n_won"] == 1
    # Of a company's people age says nothing of the company.
    told["person_id"] = ["p", "x", "q", "q"]
    alone = profile_traits(small_log(rows, **told)).query("kind == 'attribute' and n_traits == 1")
    assert set(alone["profile"]) == {"Product line Shoes", "Product line Bags"}


def test_two_attributes_of_one_column_make_no_pair():
    found = profile_traits(planted(CELLS))
    for segment in found["segment"]:
        columns = [column for column, _ in segment.profile]
        assert all(one != other for one, other in combinations(columns, 2))


@pytest.mark.parametrize("unknown", ["unknown", "Unbekannt", "(not set)", None])
def test_what_is_not_known_is_no_trait(unknown):
    # 40 won of those of whom nothing is known; of 40 in retail 5 and of 40 in travel 10.
    won = {unknown: 40, "Retail": 5, "Travel": 10}
    ids = [f"{value} {k}" for value in won for k in range(40)]
    rows = [
        (f"{value} {k}", 0, "Won" if k < n else "Ad") for value, n in won.items() for k in range(40)
    ]
    origins = [value for value in won for _ in range(40)]
    accounts = pd.DataFrame({"account_id": ids, "origin": origins})
    traits = profile_traits(small_log(rows, accounts=accounts)).set_index("profile")
    alone = traits.index[traits["n_traits"] == 1]
    assert {name for name in alone if "rigin" in name} == {"Origin Retail", "Origin Travel"}
    # They are on neither side: beside retail there is travel alone.
    assert traits.loc["Origin Retail", ["n_journeys", "n_rest"]].tolist() == [40, 40]
