from concurrent.futures import ThreadPoolExecutor
from time import sleep

import networkx as nx
import pandas as pd
import pytest

import journey
from journey.ui.cache import cached


def a_log(last="Web"):
    times = pd.to_datetime(["2026-01-01", "2026-01-02"])
    return journey.from_frame(
        pd.DataFrame({"account_id": "a", "occurred_at": times, "touchpoint": ["Ad", last]})
    )


calls = []


def question(log, *, top=1, types=()):
    calls.append((top, types))
    return pd.DataFrame({"n": [log.n_touchpoints]})


def test_the_same_question_of_the_same_log_is_answered_once():
    calls.clear()
    ask = cached(question)
    ask(a_log(), top=2)
    ask(a_log(), top=2)
    assert calls == [(2, ())]


def test_another_option_or_log_is_another_question():
    calls.clear()
    ask = cached(question)
    for log, options in (
        (a_log(), {}),
        (a_log(), {"top": 2}),
        (a_log(), {"types": ("Ad",)}),
        (a_log("Demo"), {}),
        (a_log().exclude("Ad"), {}),
    ):
        ask(log, **options)
    assert len(calls) == 5


def test_changing_an_answer_changes_no_other():
    ask = cached(question)
    frame = ask(a_log())
    frame.loc[0, "n"] = 99
    assert ask(a_log())["n"].tolist() == [2]


def a_graph(log):
    return nx.DiGraph([(name, name) for name in log.touchpoint_types])


def test_graphs_can_not_be_changed():
    with pytest.raises(nx.NetworkXError):
        cached(a_graph)(a_log()).add_node("x")


def compared(log, *, base):
    calls.append(base.n_touchpoints)
    return pd.DataFrame({"n": [log.n_touchpoints, base.n_touchpoints]})


def test_a_log_among_the_options_goes_by_its_content():
    calls.clear()
    ask = cached(compared)
    ask(a_log(), base=a_log("Demo"))
    ask(a_log(), base=a_log("Demo"))
    assert ask(a_log(), base=a_log("Demo").exclude("Ad"))["n"].tolist() == [2, 1]
    assert calls == [2, 1]


def test_who_asks_the_same_at_once_waits_for_one_answer():
    log, asked = a_log(), []

    def slow(_log):
        asked.append(1)
        sleep(0.05)
        return len(asked)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: cached(slow)(log), range(4)))
    assert found == [1, 1, 1, 1]
