import numpy as np

from journey.kernels.promises import OVER, SENT_BACK, TAKEN, WAITING, pair_events
from journey.store.layout import frozen


def paired(*journeys):
    does = frozen(np.array([event for mine in journeys for event in mine], np.uint8))
    owners = np.repeat(np.arange(len(journeys)), [len(mine) for mine in journeys])
    for function in (pair_events, pair_events.py_func):
        found = [column.tolist() for column in function(does, frozen(owners))]
    assert len(found) == 5
    return [(begin, answer, end, how) for begin, answer, end, _, how in zip(*found, strict=True)]


def test_a_wait_runs_from_the_first_event_that_opens_to_the_first_that_ends_it():
    # 1 opens, 2 answers, 4 returns, 8 ends.
    assert paired([1, 1, 2, 2]) == [(0, 2, 2, TAKEN)]
    assert paired([1, 4, 1, 8]) == [(0, 1, 1, SENT_BACK), (2, 3, 3, OVER)]
    assert paired([1], [2]) == [(0, -1, -1, WAITING)]
    assert paired([2, 4, 8]) == []


def test_an_event_that_opens_and_answers_is_answered_at_once_unless_it_ended_a_wait():
    found = paired([3, 1, 3, 1])
    assert found == [(0, 0, 0, TAKEN), (1, 2, 2, TAKEN), (3, -1, -1, WAITING)]


def test_an_answer_that_holds_is_taken_back_by_a_return_until_something_else_comes():
    # 16 holds, 32 settles.
    assert paired([1, 18, 18, 4, 4]) == [(0, 1, 3, SENT_BACK)]
    for between in (2, 32):
        assert paired([1, 18, between, 4]) == [(0, 1, 1, TAKEN)]
    assert paired([1, 18, 1, 4]) == [(0, 1, 1, TAKEN), (2, 3, 3, SENT_BACK)]
    assert paired([1, 50, 4], [4]) == [(0, 1, 1, TAKEN)]
    assert paired([1, 18], [4]) == [(0, 1, 1, TAKEN)]


def test_what_lapses_ends_a_wait_before_it_does_anything_else():
    # 64 lapses: the wait before it is over, and one that it opens is new.
    assert paired([1, 66, 2]) == [(0, -1, -1, OVER)]
    assert paired([1, 65, 2]) == [(0, -1, -1, OVER), (1, 2, 2, TAKEN)]
    assert paired([64, 1], [66]) == [(1, -1, -1, WAITING)]
    # An answer from before it can no longer be taken back.
    assert paired([1, 18, 68]) == [(0, 1, 1, TAKEN)]
    lapses = pair_events(frozen(np.array([1, 66], np.uint8)), frozen(np.zeros(2, np.int64)))[3]
    assert lapses.tolist() == [1]
