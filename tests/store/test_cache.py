from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from journey.store import cache
from journey.store.cache import Memory, freeze, keep


@dataclass(frozen=True)
class Numbers:
    numbers: Any


def made(memory, key, size=1, value=None):
    """What the memory gives, and whether it was made for it."""
    calls = []

    def make():
        calls.append(key)
        return value or key

    return memory.get(key, make, n_bytes=lambda _: size), bool(calls)


def test_what_was_made_is_made_once():
    memory = Memory(10)
    assert made(memory, "a") == ("a", True)
    assert made(memory, "a", value="other") == ("a", False)
    assert made(memory, "b") == ("b", True)


def test_the_longest_unused_gives_way_when_room_is_short():
    memory = Memory(2)
    made(memory, "a")
    made(memory, "b")
    made(memory, "a")
    made(memory, "c")
    assert made(memory, "a")[1] is False
    assert made(memory, "b")[1] is True


def test_what_is_too_big_for_the_room_is_kept_alone():
    memory = Memory(2)
    made(memory, "a")
    made(memory, "big", size=99)
    assert made(memory, "big")[1] is False
    assert made(memory, "a")[1] is True
    assert made(memory, "big")[1] is True


def test_an_answer_is_booked_with_what_it_holds():
    numbers = pd.DataFrame({"n": np.arange(10_000)})
    texts = pd.DataFrame({"who": [f"account {number:05}" for number in range(10_000)]})
    answer = [np.zeros((50, 100)), ("short", numbers, texts)]
    held = 8 * 5_000 + 8 * 10_000 + 13 * 10_000
    assert held <= freeze(answer) <= 1.5 * held
    assert freeze(1.0) < 100


def test_nobody_can_write_into_what_is_kept():
    answer = ("a", {"b": [np.zeros((4, 4))[::2, ::2]]}, Numbers(np.zeros(2)), np.array(["x", None]))
    kept = keep("frozen", lambda: answer)
    assert kept is answer
    for array in (answer[1]["b"][0], answer[2].numbers, answer[3]):
        assert not array.flags.writeable


def test_a_frame_that_is_kept_may_be_copied_and_changed():
    frame = keep("frame", lambda: pd.DataFrame({"n": [1, 2], "who": ["a", "b"], "x": [0.5, 1.5]}))
    for copy in (frame.copy(), frame.copy(deep=False)):
        copy.loc[0, "n"] = 9
        copy["x"] += 1
        copy.loc[1, "who"] = "c"
    assert frame.to_dict("list") == {"n": [1, 2], "who": ["a", "b"], "x": [0.5, 1.5]}


def test_room_only_grows():
    some = Memory(2)
    some.widen(3)
    some.widen(1)
    for key in "abc":
        made(some, key)
    assert not any(was_made for _, was_made in (made(some, key) for key in "abc"))


@pytest.mark.parametrize(
    ("limit", "expected"), [("1000000000\n", 1_000_000_000), ("max\n", 8_000_000_000)]
)
def test_a_container_may_take_less_than_the_machine_has(tmp_path, monkeypatch, limit, expected):
    pages = {"SC_PAGE_SIZE": 4000, "SC_PHYS_PAGES": 2_000_000}
    monkeypatch.setattr(cache.os, "sysconf", pages.__getitem__, raising=False)
    monkeypatch.setattr(cache, "CONTAINER_LIMIT", tmp_path / "memory.max")
    assert cache.machine_bytes() == 8_000_000_000
    (tmp_path / "memory.max").write_text(limit, encoding="ascii")
    assert cache.machine_bytes() == expected
