from collections import Counter, defaultdict
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import winning_routes
from journey.analysis.accounts.routes import ROUTE_COLUMNS
from journey.errors import ValueNotAllowedError
from tests.compare import same
from tests.examples import MODEL, small_log
from tests.strategies import samples

ACCOUNT = ("x", 0, "Mail")


def won(*ways):
    """Journeys that took some steps, one a day, and won the day after."""
    return [
        (f"w{number}", day, name)
        for number, way in enumerate(ways)
        for day, name in enumerate([*way.split(), "Won"])
    ]


def routes(*ways, **options):
    return winning_routes(small_log([*won(*ways), ACCOUNT]), "x", **options)


def reference(log, case):
    """Every route to the win with its share, and how many took its steps in order."""
    own = log.journeys[case]
    if own.decided is not None:
        return [], 0
    stage, last = own.before_end[-1].now, own.before_end[-1].touchpoint
    ways = ways_from(log, stage, last)
    if len(ways) < 30:
        ways = ways_from(log, stage, None)
    leaving = defaultdict(Counter)
    for way in ways:
        firsts = list(dict.fromkeys([last, *way]))
        for source, target in pairwise([*firsts, None]):
            leaving[source][target] += 1
    found = []

    def walk(route, share):
        turns = leaving[route[-1]]
        for target, n in turns.items():
            if target is None:
                found.append((tuple(route), share * Fraction(n, turns.total())))
            elif target not in route:
                walk([*route, target], share * Fraction(n, turns.total()))

    if ways:
        walk([last], Fraction(1))
    return [
        (route, share, sum(in_order(way, route[1:]) for way in ways)) for route, share in found
    ], len(ways)


def ways_from(log, stage, last):
    """What came after the first time in a state, up to the win, of every won journey."""
    ways = []
    for journey in log.journeys.values():
        if journey.outcome != "won":
            continue
        names = [touch.touchpoint for touch in journey.touches]
        for index in range(journey.decided):
            if journey.stages[index] == stage and last in (None, names[index]):
                ways.append(names[index + 1 : journey.decided + 1])
                break
    return ways


def in_order(way, steps):
    rest = iter(way)
    return all(step in rest for step in steps)


@given(samples(), st.sampled_from((None, 1, 2)))
def test_routes_equal_the_reference(sample, rows_per_shard):
    log, plain = sample.log(rows_per_shard), sample.oracle()
    for case in plain.journeys:
        found = winning_routes(log, case, top=50)
        wanted, n_won = reference(plain, case)
        told = {row.sequence: (row.expected_share, row.n_journeys) for row in found.itertuples()}
        assert told == {route: (pytest.approx(float(share)), n) for route, share, n in wanted}
        assert (
            found["expected_share"].is_monotonic_decreasing
            or found["expected_share"].diff().max() < 1e-12
        )
        assert set(found["n_won"]) <= {n_won}


def test_the_likeliest_route_comes_first_and_repeats_are_left_out():
    # All leave Mail for Demo; then 2 of 3 win and 1 sees a page first. Only one took Page.
    found = routes("Mail Mail Demo", "Mail Demo Mail Demo", "Mail Demo Page")
    same(
        found,
        [
            {"route": 1, "sequence": ("Mail", "Demo", "Won"), "expected_share": 2 / 3,
             "n_journeys": 3, "share": 1.0, "n_won": 3},
            {"route": 2, "sequence": ("Mail", "Demo", "Page", "Won"), "expected_share": 1 / 3,
             "n_journeys": 1, "share": 1 / 3, "n_won": 3},
        ],
    )  # fmt: skip
    assert len(routes("Mail Demo", "Mail Demo Page", top=1)) == 1


def test_the_state_is_the_stage_alone_where_30_won_journeys_lack_the_last_touch():
    assert routes(*["Mail Demo"] * 30)["is_coarser"].tolist() == [False]
    found = routes(*["Mail Demo"] * 29)
    assert found["is_coarser"].tolist() == [True]
    assert found["state"].tolist() == ["in Nurture"]


def test_the_route_is_calculated_anew_when_the_log_grows():
    # After its demo the account is in Convert: the route leads on from there.
    rows = won(*["Mail Demo Page"] * 30)
    before = winning_routes(small_log([*rows, ACCOUNT]), "x")
    after = winning_routes(small_log([*rows, ACCOUNT, ("x", 1, "Demo")]), "x")
    assert before["sequence"].tolist() == [("Mail", "Demo", "Page", "Won")]
    assert after["sequence"].tolist() == [("Demo", "Page", "Won")]
    more = won(*["Mail Demo Page"] * 30, *["Mail Demo"] * 60)
    again = winning_routes(small_log([*more, ACCOUNT, ("x", 1, "Demo")]), "x", top=1)
    assert again["sequence"].tolist() == [("Demo", "Won")]


@pytest.mark.parametrize(
    ("rows", "model"),
    [
        pytest.param([ACCOUNT, ("z", 9, "Ad")], MODEL, id="nothing won"),
        pytest.param([*won("Mail"), ACCOUNT], replace(MODEL, won=()), id="no winning rule"),
        pytest.param([*won("Demo"), ACCOUNT], MODEL, id="none won from the stage"),
        pytest.param([*won("Mail"), ACCOUNT, ("x", 1, "Lost")], MODEL, id="decided"),
    ],
)
def test_where_nothing_can_be_said_it_is_empty(rows, model):
    found = winning_routes(small_log(rows, model), "x")
    assert list(found.columns) == list(ROUTE_COLUMNS)
    assert found.empty


def test_an_unknown_account_is_told():
    with pytest.raises(ValueNotAllowedError, match="no journey of 'nobody'"):
        winning_routes(small_log([ACCOUNT]), "nobody")
