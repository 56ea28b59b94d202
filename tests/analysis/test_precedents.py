from dataclasses import replace
from random import Random

import numpy as np
import pytest

from journey import stalled_accounts
from journey.analysis.precedents import _best, _ours
from tests import oracle
from tests.compare import same
from tests.examples import small_log
from tests.strategies import DAY, seeded

NAMES = ["Call", "Page", "Workshop"]
EVERY = np.ones(3, bool)
OURS = np.array([True, False, True])


def best(decided, won, *, may_help=EVERY, ours=OURS):
    return _best(NAMES, np.array(decided), np.array(won), may_help=may_help, ours=ours)


class TestBest:
    def test_what_we_can_do_comes_before_what_went_with_more_wins(self):
        # Page won 30 of 40, others 22 of 80: + 0.475. Workshop 20 of 40 against 32 of 80: + 0.1.
        touch = best([40, 40, 40], [2, 30, 20])
        assert (touch.touchpoint, touch.is_ours) == ("Workshop", True)
        assert (touch.win_rate, touch.n_with) == (0.5, 40)
        assert (touch.without_rate, touch.n_without) == (0.4, 80)

    def test_what_customers_do_serves_where_nothing_of_ours_went_with_more_wins(self):
        touch = best([40, 40, 40], [2, 30, 3])
        assert (touch.touchpoint, touch.is_ours) == ("Page", False)

    def test_deciding_touches_are_on_neither_side(self):
        # Call 20 of 40, Page 10 of 40; what decides (the third) won 40 of 40 and counts nowhere:
        # without a call 10 of 40, not 50 of 80.
        touch = best([40, 40, 40], [20, 10, 40], may_help=np.array([True, True, False]))
        assert (touch.touchpoint, touch.win_rate) == ("Call", 0.5)
        assert (touch.without_rate, touch.n_without) == (0.25, 40)

    @pytest.mark.parametrize(
        ("decided", "won", "may_help"),
        [
            pytest.param([29, 29, 29], [1, 1, 29], EVERY, id="fewer than 30 journeys"),
            pytest.param([40, 0, 0], [40, 0, 0], EVERY, id="nothing to compare with"),
            pytest.param([40, 40, 40], [20, 20, 20], EVERY, id="no more wins than without"),
            pytest.param([40, 40, 40], [0, 0, 40], np.array([True, True, False]), id="decides"),
        ],
    )
    def test_no_touch_is_named_without_evidence(self, decided, won, may_help):
        touch = best(decided, won, may_help=may_help)
        assert (touch.touchpoint, touch.n_with, touch.n_without) == (None, 0, 0)


class TestOurs:
    def test_the_direction_decides_where_it_is_told_and_the_name_elsewhere(self):
        # Ad: shown twice, done once. Call: the name says it is ours, the log that it isn't.
        # Workshop and Page: nothing told, so by name.
        rows = [("a", day, name) for day, name in enumerate(("Ad", "Ad", "Ad", "Call"))]
        rows += [("a", 4, "Workshop"), ("a", 5, "Page")]
        direction = ["was shown", "was shown", "did", "did", None, None]
        log = small_log(rows, direction=direction)
        ours = dict(zip(log.store.touchpoint_types, _ours(log).tolist(), strict=True))
        assert ours == {"Ad": True, "Call": False, "Page": False, "Workshop": True}

    def test_without_directions_names_decide(self):
        log = small_log([("a", 0, "E-mail sent"), ("a", 1, "E-mail opened")])
        assert _ours(log).tolist() == [False, True]


@pytest.mark.parametrize("seed", [1, 2])
def test_next_touches_of_a_bigger_log_equal_the_reference(seed):
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
    same(stalled_accounts(sample.log(500)), wanted)
