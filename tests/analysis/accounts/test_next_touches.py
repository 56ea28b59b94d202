from dataclasses import replace
from functools import partial
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import Definitions, Stage, next_best_touches, stalled_accounts
from journey.analysis.accounts.next_touches import NEXT_TOUCH_COLUMNS, NO_STAGE_YET
from journey.analysis.accounts.outreach import brought_about_by_us
from journey.analysis.accounts.sides import sides
from journey.analysis.accounts.states import state_of
from journey.analysis.figures.one_journey import ask_journey
from journey.errors import ValueNotAllowedError
from journey.rules.meanings import Meanings
from tests import oracle
from tests.compare import same
from tests.examples import small_log
from tests.strategies import DAY, samples, seeded

MODEL = Definitions(
    (Stage("Nurture", ("Mail", "Page", "Call", "Workshop")), Stage("Expand")),
    won=("Won",),
    lost=("Lost",),
    dormancy_days=90,
)


def decided(touchpoint, n_won, n_lost, *, last="Mail", pause=1):
    """Journeys that had a touch so many days after the first, then won or were lost."""
    return [
        (f"{last} {pause} {touchpoint} {k}", day, name)
        for k in range(n_won + n_lost)
        for day, name in (
            (0, last),
            (pause, touchpoint),
            (pause + 1, "Won" if k < n_won else "Lost"),
        )
    ]


def next_of(rows, account="x", **options):
    return next_best_touches(small_log(rows, MODEL), account, **options)


@given(samples(), st.sampled_from((None, 1, 2)))
def test_every_state_equals_the_reference(sample, rows_per_shard):
    log, reference = sample.log(rows_per_shard), sample.oracle()
    states = [(stage, band) for stage in (*reference.stages, None) for band in (0, 1, 2)]
    wanted = [
        row for stage, band in states for row in oracle.next_rows(reference, (stage, None, band), 1)
    ]
    same(next_best_touches(log, least_journeys=1), wanted)


@given(samples())
def test_an_open_account_is_compared_with_the_coarsest_state_where_little_is_known(sample):
    reference = sample.oracle()
    log = sample.log(2)
    for case, journey in reference.journeys.items():
        found = next_best_touches(log, case, least_journeys=1)
        if journey.decided is None:
            stage = journey.before_end[-1].now
            same(found, oracle.next_rows(reference, (stage, None, 0), 1))
        else:
            assert found.empty


class TestState:
    # The account was mailed on day 0, and the log ends with the last touch.
    def test_the_last_touch_counts_where_enough_journeys_had_it(self):
        # After a mail 20 of 30 called won and 10 of 30 that saw a page; after a page others.
        rows = [
            *decided("Call", 20, 10),
            *decided("Page", 10, 20),
            *decided("Call", 0, 40, last="Page"),
            ("x", 1.9, "Mail"),
        ]
        found = next_of(rows)
        assert found["touchpoint"].tolist() == ["Call", "Page"]
        assert found["win_rate"].tolist() == pytest.approx([2 / 3, 1 / 3])
        assert found["difference"].tolist() == pytest.approx([1 / 3, -1 / 3])
        assert found["state"].tolist() == ["in Nurture, last touch Mail"] * 2
        assert not found["is_coarser"].any()

    def test_with_29_journeys_it_is_any_last_touch_and_that_is_said(self):
        # After a mail 29 were called; whatever the last touch, 29 + 1 were.
        rows = [
            *decided("Call", 20, 9),
            *decided("Call", 0, 1, last="Page"),
            *decided("Page", 10, 30),
            ("x", 1.9, "Mail"),
        ]
        found = next_of(rows)
        assert found["state"].unique().tolist() == ["in Nurture"]
        assert found["is_coarser"].all()
        assert found.set_index("touchpoint").loc["Call", ["n_with", "n_without"]].tolist() == [
            30,
            40,
        ]

    def test_what_helped_beyond_chance_is_looked_for_in_coarser_states_first(self):
        # After a mail calls helped no more than pages (15 of 30 each); whatever the last touch,
        # 95 of 110 that were called won and 15 of 110 that saw a page.
        rows = [
            *decided("Call", 15, 15),
            *decided("Page", 15, 15),
            *decided("Call", 80, 0, last="Page"),
            *decided("Page", 0, 80, last="Page"),
            ("x", 1.9, "Mail"),
        ]
        found = next_of(rows)
        assert found["state"].unique().tolist() == ["in Nurture"]
        assert found["n_with"].tolist() == [110, 110]

    def test_a_silent_account_is_compared_with_those_that_were_silent(self):
        # Waits of 1 day are normal, so 30 days are longer than twice that. In these states 25 of
        # 30 won with a workshop and none of 30 with a page, whatever came after a day.
        rows = [
            *decided("Call", 200, 200),
            *decided("Workshop", 25, 5, pause=30),
            *decided("Page", 0, 30, pause=30),
            ("x", 0, "Mail"),
        ]
        found = next_of(rows)
        assert found["touchpoint"].tolist() == ["Workshop", "Page"]
        assert found["state"].iloc[0] == "in Nurture, silent longer than 2 days, last touch Mail"
        assert found["min_days_silent"].tolist() == [2, 2]
        assert (found["n_with"].tolist(), found["n_without"].tolist()) == ([30, 30], [30, 30])

    def test_what_was_decided_has_no_next_touch(self):
        rows = [*decided("Call", 30, 30), *decided("Page", 30, 30)]
        assert next_of(rows, "Mail 1 Call 0", least_journeys=1).empty

    def test_it_follows_the_log(self):
        # One more journey makes 30 of 29: the same question of the longer log has an answer.
        rows = [*decided("Call", 29, 0), *decided("Page", 10, 30), ("x", 1.9, "Mail")]
        assert "Call" not in next_of(rows)["touchpoint"].tolist()
        longer = [*rows, *decided("Call", 1, 0, last="Workshop")]
        assert next_of(longer)["touchpoint"].tolist() == ["Call", "Page"]


class TestAnyStage:
    # In Nurture 30 of 40 that were called won and 10 of 40 that saw a page; in Capture, where x
    # is, 40 saw an ad next and nobody had anything else.
    model = Definitions(
        (Stage("Capture", ("Form",)), *MODEL.stages), won=("Won",), lost=("Lost",), dormancy_days=90
    )
    rows = (
        *decided("Call", 30, 10),
        *decided("Page", 10, 30),
        *decided("Ad", 20, 20, last="Form"),
        ("x", 1.9, "Form"),
    )

    def test_where_a_stage_tells_nothing_any_stage_does(self):
        found = next_best_touches(small_log(self.rows, self.model), "x")
        assert found["touchpoint"].tolist() == ["Call", "Page"]
        assert found["state"].iloc[0] == "in any stage, each beside others of its own stage"
        assert found["stage"].tolist() == [None, None]
        assert found["win_rate"].tolist() == [0.75, 0.25]
        assert found[["n_with", "n_without"]].to_numpy().tolist() == [[40, 40], [40, 40]]
        assert found["is_coarser"].all()
        assert found["seen_in"].tolist() == ["Nurture", "Nurture"]

    def test_what_may_help_in_its_own_stage_comes_before_what_helped_elsewhere(self):
        # After a form 21 of 40 with a workshop won and 20 of 40 with an ad, which may be chance.
        rows = [*self.rows, *decided("Workshop", 21, 19, last="Form")]
        found = next_best_touches(small_log(rows, self.model), "x")
        assert found["touchpoint"].tolist() == ["Workshop", "Ad"]
        assert found["state"].iloc[0] == "in Capture, last touch Form"
        assert found["seen_in"].tolist() == [None, None]
        assert found["difference_low"].iloc[0] < 0 < found["difference"].iloc[0]

    # Waits of a day are normal; after a silence of 30 days 30 of 40 that were called won, all in
    # Nurture. z is as long silent.
    waits = (
        *decided("Call", 30, 10, pause=30),
        *decided("Page", 10, 30, pause=30),
        *decided("Page", 300, 300),
        ("z", 1, "Form"),
        ("y", 31, "Ad"),
    )

    def test_a_stalled_account_is_told_where_it_was_seen(self):
        rows = [*self.rows, *self.waits]
        row = stalled_accounts(small_log(rows, self.model)).set_index("account_id").loc["z"]
        assert (row["next_touchpoint"], row["next_win_rate"], row["n_next"]) == ("Call", 0.75, 40)
        assert row["next_state"] == (
            "in any stage, silent twice as long as is normal, each beside others of its own stage; "
            "seen in Nurture"
        )
        assert row["next_seen_in"] == "Nurture"
        assert not row["next_is_of_own_stage"]
        assert row["next_is_clear"]

    def test_a_stage_with_another_in_its_name_is_not_that_one(self):
        nurture = replace(self.model.stages[1], name="Capture, Nurture")
        stages = (self.model.stages[0], nurture, *self.model.stages[2:])
        log = small_log([*self.rows, *self.waits], replace(self.model, stages=stages))
        row = stalled_accounts(log).set_index("account_id").loc["z"]
        assert row["next_seen_in"] == "Capture, Nurture"
        assert not row["next_is_of_own_stage"]

    def test_an_account_without_a_stage_is_among_those_without(self):
        # A visit enters no stage: after one 15 were called, too few to tell, and 15 saw a page.
        visits = [
            *decided("Call", 10, 5, last="Visit", pause=30),
            *decided("Page", 5, 10, last="Visit", pause=30),
            ("v", 1, "Visit"),
        ]
        log = small_log([*self.rows, *self.waits, *visits], self.model)
        told = stalled_accounts(log).set_index("account_id")
        assert told.loc["v", ["stage", "next_touchpoint"]].tolist() == [None, "Call"]
        assert told.loc["v", "next_seen_in"] == f"Nurture, {NO_STAGE_YET}"
        assert told["next_is_of_own_stage"][["v", "z"]].tolist() == [True, False]


def test_a_touch_of_a_stage_that_wins_more_is_compared_within_it():
    # The first touch wins as often as the other in each stage, 1 of 10 and 9 of 10, but mostly
    # comes in the second: 82 of 100 won with it, and so would 10 % of 10 and 90 % of 90.
    both = sides(np.array([[10, 90], [90, 10]]), np.array([[1, 9], [81, 9]]))
    assert both.won_with[0] / both.n_with[0] == pytest.approx(0.82)
    assert both.won_without[0] / both.n_sure[0] == pytest.approx(0.82)
    # Its mean is surer than of 10, less sure than of 100: 1 / (0.1² / 90 + 0.9² / 10).
    assert both.n_sure[0] == pytest.approx(12.329, abs=1e-3)
    assert both.n_without.tolist() == [100, 100]


class TestOurs:
    def test_the_definitions_say_what_is_a_conversation_and_what_is_not(self):
        log = small_log([("a", 0, "Call"), ("a", 1, "Page"), ("a", 2, "Won")], MODEL)
        told = replace(MODEL, meanings=Meanings(conversation=("Page",), intent=("Call",)))
        names = log.store.touchpoint_types
        ours = brought_about_by_us(log.with_definitions(told))
        assert {name for name, own in zip(names, ours, strict=True) if own} == {"Page"}

    def test_an_advertisement_is_aimed_at_no_account(self):
        log = small_log([("a", 0, "Ad view"), ("a", 1, "Call")], MODEL, direction="was shown")
        names = log.store.touchpoint_types
        ours = brought_about_by_us(log)
        assert {name for name, own in zip(names, ours, strict=True) if own} == {"Call"}


class TestRows:
    def test_what_we_can_do_comes_first(self):
        # Page won more often than Call, but only customers bring it about.
        found = next_of([*decided("Call", 10, 20), *decided("Page", 25, 5), ("x", 1.9, "Mail")])
        assert found["touchpoint"].tolist() == ["Call", "Page"]
        assert found["is_ours"].tolist() == [True, False]

    def test_a_deciding_touch_is_on_neither_side(self):
        # 40 won directly after the mail: neither with nor without a call.
        direct = [
            (f"d{k}", day, name) for k in range(40) for day, name in ((0, "Mail"), (1, "Won"))
        ]
        found = next_of(
            [*decided("Call", 20, 10), *decided("Page", 10, 20), *direct, ("x", 1, "Mail")]
        )
        assert found["n_with"].tolist() == [30, 30]
        assert found["n_without"].tolist() == [30, 30]

    def test_fewer_journeys_are_left_out_unless_asked_for(self):
        rows = [*decided("Call", 30, 0), *decided("Page", 0, 30), *decided("Workshop", 5, 0)]
        rows.append(("x", 1.9, "Mail"))
        assert len(next_of(rows)) == 2
        assert len(next_of(rows, least_journeys=5)) == 3

    def test_an_empty_log_has_the_columns(self):
        assert list(next_best_touches(small_log([])).columns) == list(NEXT_TOUCH_COLUMNS)

    def test_an_unknown_account_is_told(self):
        with pytest.raises(ValueNotAllowedError, match="no journey of 'nobody'"):
            next_of([("x", 0, "Mail")], "nobody")


@pytest.mark.parametrize("seed", [1, 2])
def test_advice_in_a_bigger_log_equals_the_reference(seed):
    # Pauses of 20 days among gaps of one day: long enough to be stalled, short of dormancy.
    # Whoever is called after such a pause buys the day after.
    rng = Random(seed)  # noqa: S311 -- repeatable examples, no secrets
    sample = seeded(seed, n_accounts=1)
    blank = sample.touches[0]._replace(direction=None)
    touches = []
    for number in range(400):
        day = rng.randrange(40)
        for place in range(12):
            pause = rng.choice((1,) * 24 + (20,))
            name = rng.choice(("Won", "Lost", "Mail") if place == 11 else ("Mail", "Call"))
            day += pause
            touches.append(blank._replace(account_id=f"{number}", at=day * DAY, touchpoint=name))
            if (pause, name) == (20, "Call"):
                touches.append(touches[-1]._replace(at=(day + 1) * DAY, touchpoint="Won"))
                break
    sample = replace(sample, touches=tuple(touches))
    wanted = oracle.stalled_accounts(sample.oracle())
    assert "Call" in {row["next_touchpoint"] for row in wanted}
    found = stalled_accounts(sample.log(500))
    same(found, wanted)
    # What the list says of an account is what is said when it is asked about alone.
    row = found[found["next_touchpoint"].notna()].iloc[0]
    alone = next_best_touches(sample.log(500), row["account_id"]).iloc[0]
    assert alone[["touchpoint", "n_with", "state"]].tolist() == (
        row[["next_touchpoint", "n_next", "next_state"]].tolist()
    )
    assert np.isclose(alone["win_rate"], row["next_win_rate"])


def test_what_followed_once_a_journey_was_over_is_no_next_touch():
    # a called after a mail and won. b was dormant on day 90, and called on day 200. c was lost on
    # day 1 and came back with the page, not from the mail it was sent meanwhile; then it called.
    rows = [("a", 0, "Mail"), ("a", 1, "Call"), ("a", 2, "Won")]
    rows += [("b", 0, "Mail"), ("b", 200, "Call")]
    rows += [("c", 0, "Ad"), ("c", 1, "Lost"), ("c", 5, "Mail"), ("c", 50, "Page")]
    rows += [("c", 51, "Call"), ("c", 52, "Lost"), ("x", 399, "Mail")]
    ours = ("b", 200, "Call"), ("c", 5, "Mail")
    direction = ["was shown" if row in ours else "did" for row in rows]
    found = next_best_touches(small_log(rows, MODEL, direction=direction), "x", least_journeys=1)
    assert found[["touchpoint", "n_with", "win_rate"]].to_numpy().tolist() == [["Call", 2, 0.5]]


def test_a_dormant_account_is_where_it_went_silent():
    # b was last in a stage with its page; the mail on day 200, long after it was given up, is ours.
    rows = [("b", 0, "Page"), ("b", 200, "Mail"), ("z", 201, "Mail"), *decided("Call", 1, 0)]
    log = small_log(rows, MODEL, direction=["did", "was shown", *["did"] * (len(rows) - 2)])
    state = ask_journey(log, "b", partial(state_of, as_of=log.as_of_tick))
    assert log.store.touchpoint_types[state.last] == "Page"
