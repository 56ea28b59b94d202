import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import journey
from journey.runners import threads
from tests.strategies import seeded


@pytest.mark.parametrize("parts", [[], [3], [5, 1, 4, 1, 9, 2, 6]])
def test_answers_come_in_the_order_of_the_parts(parts):
    assert threads.ask(lambda part: part * 10, parts) == [part * 10 for part in parts]


def test_several_parts_are_asked_at_the_same_time():
    # Each part waits for the other: asked one after the other, neither would be answered.
    meeting = threading.Barrier(2, timeout=20)
    if threads._pool()._max_workers < 2:
        pytest.skip("one core: parts take turns")
    assert sorted(threads.ask(lambda _: meeting.wait(), [0, 1])) == [0, 1]


def test_what_goes_wrong_with_one_part_is_told():
    def question(part):
        return 1 / part

    with pytest.raises(ZeroDivisionError):
        threads.ask(question, [1, 0, 2])


@pytest.mark.parametrize(("most", "n_buckets"), [(1_000, 1), (100, 2), (1, 151)])
def test_what_many_journeys_tell_is_merged_in_buckets(monkeypatch, most, n_buckets):
    log = seeded(31).log(150)
    n_shards, wanted = len(log.store.shards), journey.variants(log)
    monkeypatch.setattr(threads, "JOURNEYS_OF_A_BUCKET", most)
    assert log.n_journeys == 150
    assert log.ask_in_buckets(lambda _, n: [1] * n, sum) == [n_shards] * n_buckets
    assert journey.variants(log).equals(wanted)


class Numbered:
    """Helpers that know in which order they were called."""

    def __init__(self, n_helpers):
        self.pool, self.n_called = ThreadPoolExecutor(n_helpers), 0
        self.mine = threading.local()

    def submit(self, take):
        self.n_called += 1
        return self.pool.submit(self._as, self.n_called, take)

    def _as(self, number, take):
        self.mine.number = number
        take()

    @property
    def number(self):
        return getattr(self.mine, "number", 0)


def test_nobody_is_at_work_any_more_when_what_went_wrong_is_told(monkeypatch):
    helpers, meeting, ended = Numbered(2), threading.Barrier(3, timeout=20), []

    def question(_):
        meeting.wait()
        if helpers.number < 2:
            raise ValueError(helpers.number)
        threading.Event().wait(0.2)
        ended.append("the last helper")

    monkeypatch.setattr(threads.os, "cpu_count", lambda: 3)
    monkeypatch.setattr(threads, "_pool", lambda: helpers)
    with pytest.raises(ValueError, match="0"):
        threads.ask(question, range(3))
    assert ended == ["the last helper"]
