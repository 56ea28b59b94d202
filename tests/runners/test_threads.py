import threading

import pytest

from journey.runners import threads


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
