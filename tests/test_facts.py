import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import Definitions, Stage, account_timeline
from journey.schema import OUTCOMES
from journey.silence import Silence
from tests import oracle
from tests.compare import is_same
from tests.examples import MODEL, journey_of, small_log
from tests.strategies import DAYS, samples, seeded


def read_by_account(log):
    """By account: stages after each touch, outcome, deciding and silent touch, reopenings."""
    names = (*log.definitions.stage_names, None)
    found = {}
    for _, shard in log.ask_with_facts(lambda part: part):
        cases = log.store.dictionaries["account_id"].take(shard.view.shard.cases).to_pylist()
        for j, case in enumerate(cases):
            begin, end = shard.view.offsets[j : j + 2].tolist()
            if begin == end:
                continue
            decided, silent = int(shard.decided_rows[j]), int(shard.silent_rows[j])
            found[case] = (
                tuple(names[stage] for stage in shard.current[begin:end].tolist()),
                OUTCOMES[shard.outcomes[j]],
                None if decided < 0 else decided - begin,
                None if silent < 0 else silent - begin,
                int(shard.reopened[j]),
            )
    return found


def wanted(reference):
    return {
        case: (j.stages, j.outcome, j.decided, j.silent, j.n_reopened)
        for case, j in reference.journeys.items()
    }


@given(samples(), st.sampled_from((None, 1, 2)), st.none() | st.sampled_from(DAYS))
def test_facts_equal_the_reference(sample, rows_per_shard, day):
    until = None if day is None else day * oracle.DAY + 50
    log, reference = sample.log(rows_per_shard), sample.oracle(until=until)
    if until is not None:
        log = log.between(end=log.at(0) + np.timedelta64(until, "us"))
    assert read_by_account(log) == wanted(reference)
    check_silence(log, reference)


@pytest.mark.parametrize("seed", range(30, 34))
def test_facts_of_a_bigger_log_equal_the_reference(seed):
    log, reference = seeded(seed).log(100), seeded(seed).oracle()
    assert len(set(reference.normal.values())) > 1  # some stage has a norm of its own
    assert read_by_account(log) == wanted(reference)
    check_silence(log, reference)


def check_silence(log, reference):
    silence: Silence = log.silence
    ticks_per_us = log.store.ticks_per_second / 1_000_000
    assert is_same(silence.dormancy_ticks, float(reference.dormancy * ticks_per_us))
    for stage, normal in zip((*reference.stages, None), silence.normal_ticks.tolist(), strict=True):
        assert is_same(normal, float(reference.normal[stage] * ticks_per_us)), stage


def stages_of(rules, *touches, **columns):
    log = small_log(journey_of(*touches), Definitions(stages=rules), **columns)
    return account_timeline(log, "a")["current_stage"].tolist()


def test_the_type_decides_before_the_stage_column_and_that_before_the_channel():
    rules = (
        Stage("One", touchpoints=("Ad",)),
        Stage("Two", values=("mql",)),
        Stage("Three", channels=("Field",)),
    )
    found = stages_of(
        rules,
        "Ad 0",
        "Chat 1",
        "Chat 2",
        "Chat 3",
        stage=["mql", "mql", "other", None],
        channel=["Field", "Field", "Field", None],
    )
    assert found == ["One", "Two", "Three", "Three"]


def test_a_touch_without_a_rule_leaves_the_journey_where_it_was():
    rules = (Stage("One", ("Ad",)), Stage("Two", ("Demo",)))
    assert stages_of(rules, "Chat 0", "Demo 1", "Chat 2", "Ad 3") == [None, "Two", "Two", "One"]


def test_a_winning_touch_enters_the_last_stage_whatever_its_rule():
    log = small_log(journey_of("Ad 0", "Won 1", "Mail 2"), MODEL)
    assert account_timeline(log, "a")["current_stage"].tolist() == ["Attract", "Expand", "Expand"]


def came_back(*touches, **columns):
    """Outcome and number of reopenings of one journey; it goes dormant after 90 days."""
    _, outcome, *_, n_reopened = read_by_account(small_log(journey_of(*touches), **columns))["a"]
    return outcome, n_reopened


def test_to_buy_after_a_loss_or_dormancy_is_to_come_back():
    # Buying is the customer's own act: open again on that day, and won on it.
    assert came_back("Ad 0", "Lost 5", "Won 9") == ("won", 1)
    assert came_back("Ad 0", "Parked 5", "Won 9") == ("won", 1)
    assert came_back("Ad 0", "Won 91") == ("won", 1)
    assert came_back("Ad 0", "Won 90") == ("won", 0)
    # Mail on day 7 reopened it already; the win after it finds it open.
    assert came_back("Ad 0", "Lost 5", "Mail 7", "Won 9") == ("won", 1)


def test_to_be_closed_again_is_not_to_come_back():
    assert came_back("Ad 0", "Lost 5", "Lost 9") == ("lost", 0)
    assert came_back("Ad 0", "Lost 5", "Parked 9") == ("no_decision", 0)
    assert came_back("Ad 0", "Lost 91") == ("lost", 0)


def test_a_win_that_was_only_shown_wins_but_is_no_return():
    direction = ["did", "did", "was shown"]
    assert came_back("Ad 0", "Lost 5", "Won 9", direction=direction) == ("won", 0)


def over(*touches, **columns):
    """Day on which one journey was over, None: open, and its touches before; z is the last."""
    rows = [*journey_of(*touches), ("z", 300.0, "Ad")]
    columns = {name: [*values, "did"] for name, values in columns.items()}
    ((_, facts),) = small_log(rows, **columns).ask_with_facts(lambda part: part)
    day = (facts.ended_ticks[0] - facts.view.ticks[0]) / 86_400
    return (day if facts.is_over[0] else None), int(facts.end_rows[0])


def test_no_decision_dates_from_the_silence_that_ended_the_journey():
    # Silent from day 1 for more than 90 days: over on day 91, and our mail on day 150 is nothing.
    direction = ["did", "did", "was shown"]
    assert over("Ad 0", "Demo 1", "Mail 150", direction=direction) == (91, 2)
    assert over("Ad 0", "Demo 1", "Mail 91", direction=direction) == (181, 3)
    # The customer's own mail reopened it; the next silence ended it.
    assert over("Ad 0", "Demo 1", "Mail 150") == (240, 3)
    assert over("Ad 0", "Demo 1", "Mail 250") == (None, 3)
    # A touch that decides it is the end, after a silence too.
    assert over("Ad 0", "Demo 1", "Lost 150", direction=direction) == (150, 2)
    assert over("Ad 0", "Lost 1", "Mail 150", direction=direction) == (1, 1)


def test_equal_silences_are_told_apart_by_no_rounding():
    # With gaps of 2 and 12 days the 90th percentile lies 0.9 of the way between them: 11 days.
    # b has been silent for exactly 11 days, which is not longer; c for 11.5.
    rows = [("a", 0, "Ad"), ("a", 2, "Ad"), ("a", 14, "Ad"), ("b", 3, "Ad"), ("c", 2.5, "Ad")]
    log = small_log(rows)
    assert log.silence.normal_ticks[0] == 11 * 86_400
    outcome = {case: facts[1] for case, facts in read_by_account(log).items()}
    assert outcome == {"a": "in_progress", "b": "in_progress", "c": "stalled"}
