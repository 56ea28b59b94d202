from statistics import median

import pandas as pd
import pytest
from hypothesis import given, settings

import journey
from journey.analysis.profiles.personas import with_group_of, with_persona
from journey.errors import ColumnNotFoundError
from tests.examples import small_log
from tests.strategies import samples, seeded


def expected(log):
    """Personas by role in plain Python."""

    def role(touch):
        return log.people.get(touch.person_id, {}).get("role")

    found, places = {}, {}
    for one in log.journeys.values():
        is_won = one.outcome == "won"
        roles = [role(touch) for touch in one.before_end if role(touch)]
        for name in set(roles):
            row = found.setdefault(name, dict.fromkeys(("n_journeys", "n_won", "n_started"), 0))
            row["n_journeys"] += 1
            row["n_won"] += is_won
            row["n_started"] += roles[0] == name
            if is_won:
                order = list(dict.fromkeys(roles))
                places.setdefault(name, []).append(order.index(name) + 1)
        if is_won:
            until = [role(touch) for touch in one.touches[: one.decided + 1] if role(touch)]
            after = {role(touch) for touch in one.touches[one.decided + 1 :]} - {None}
            for name in {*until[-1:], *after}:
                found.setdefault(name, dict.fromkeys(("n_journeys", "n_won", "n_started"), 0))
            for name in until[-1:]:
                found[name]["n_signed"] = found[name].get("n_signed", 0) + 1
            for name in after:
                found[name]["n_used"] = found[name].get("n_used", 0) + 1
    return found, {name: median(mine) for name, mine in places.items()}


def check(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    if "role" not in log.store.people.column_names:
        assert journey.personas(log).empty
        return
    rows, places = expected(sample.oracle())
    found = journey.personas(log).set_index("persona")
    assert set(found.index) == set(rows)
    for name, row in rows.items():
        for column in ("n_journeys", "n_won", "n_started", "n_signed", "n_used"):
            assert found.loc[name, column] == row.get(column, 0), (name, column)
        if name in places:
            assert found.loc[name, "median_place"] == places[name]
        assert with_persona(log, (name,)).n_journeys == row["n_journeys"]


@settings(max_examples=15)
@given(samples())
def test_personas_equal_the_reference(sample):
    check(sample, 2)


def test_a_bigger_log_equals_the_reference_and_shards_change_nothing():
    sample = seeded(8)
    check(sample, 100)
    pd.testing.assert_frame_equal(journey.personas(sample.log()), journey.personas(sample.log(100)))


def test_role_and_seniority_are_of_one_person():
    # Somebody is a Buyer, somebody else is a Director: there is no Buyer who is a Director.
    people = pd.DataFrame(
        {
            "person_id": ["p", "q"],
            "Job title": ["Buyer", "User"],
            "seniority": ["Staff", "Director"],
        }
    )
    log = small_log([("a", 0, "Ad"), ("a", 1, "Demo")], people=people, person_id=["p", "q"])
    found = journey.personas(log)
    assert found[["persona", "role", "seniority"]].to_numpy().tolist() == [
        ["Buyer", "Buyer", "Staff"],
        ["User", "User", "Director"],
    ]


def test_groups_are_counted_by_known_people_before_the_decision():
    # a: p and q, then Won by r; b: nobody known.
    rows = [("a", 0, "Ad"), ("a", 1, "Demo"), ("a", 2, "Won"), ("b", 0, "Ad")]
    log = small_log(rows, person_id=["p", "q", "r", None])
    found = journey.buying_groups(log)
    assert found[["n_people", "n_journeys", "n_won"]].to_numpy().tolist() == [[0, 1, 0], [2, 1, 1]]
    assert with_group_of(log, 2).n_journeys == 1


def test_who_was_mailed_after_a_journey_was_dormant_is_not_in_its_group():
    # a was given up on day 90; q was mailed on day 150. z: nobody known.
    rows = [("a", 0, "Ad"), ("a", 150, "Mail"), ("z", 151, "Ad")]
    people = pd.DataFrame({"person_id": ["p", "q"], "role": ["Buyer", "User"]})
    direction = ["did", "was shown", "did"]
    log = small_log(rows, people=people, person_id=["p", "q", None], direction=direction)
    found = journey.buying_groups(log)
    assert found[["n_people", "n_journeys"]].to_numpy().tolist() == [[0, 1], [1, 1]]
    assert journey.personas(log)["persona"].tolist() == ["Buyer"]


@settings(max_examples=10)
@given(samples())
def test_sizes_add_up_to_journeys(sample):
    log = sample.log(2)
    assert journey.buying_groups(log)["n_journeys"].sum() == log.n_journeys


def test_an_unknown_attribute_is_refused():
    people = pd.DataFrame({"person_id": ["p"], "role": ["Buyer"]})
    log = small_log([("a", 0, "Ad")], people=people, person_id=["p"])
    with pytest.raises(ColumnNotFoundError):
        journey.personas(log, by=("rôle",))
