"""A chart as described, and as built."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait

import plotly.graph_objects as go

from journey.charts.draft import Draft


def bars():
    chart = Draft(layout={"title": {"text": "Won"}, "template": {}})
    chart.add_bar(x=["a", "b"], y=[1, 2])
    return chart


def built_of(chart):
    return go.Figure({"data": chart.traces, "layout": chart.layout}, _validate=False)


def test_a_figure_says_the_same_before_and_after_it_is_built():
    figure, built = bars().drawn(), built_of(bars())
    assert isinstance(figure, go.Figure)
    assert figure.to_dict() == built.to_dict()
    assert figure.layout.title.text == "Won"  # builds it
    assert figure.to_dict() == built.to_dict()


def test_a_figure_can_be_changed_like_any_other():
    figure = bars().drawn()
    figure.update_layout(title_text="Lost")
    assert figure.to_dict()["layout"]["title"]["text"] == "Lost"
    assert not hasattr(figure, "no_such_part")


def test_what_is_told_of_a_figure_may_be_changed():
    figure = bars().drawn()
    told = figure.to_dict()
    told["layout"]["title"]["text"] = "Lost"
    told["data"][0]["y"].append(3)
    assert figure.to_dict() == built_of(bars()).to_dict()


def test_a_figure_is_built_once_for_all_threads_that_look_into_it(monkeypatch):
    begun, goes_on, build = threading.Event(), threading.Event(), go.Figure.__init__

    def slow(figure, spec, **options):
        begun.set()
        goes_on.wait(20)
        build(figure, spec, **options)

    monkeypatch.setattr(go.Figure, "__init__", slow)
    figure = bars().drawn()
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(lambda: figure.layout.title.text)
        assert begun.wait(20)
        others = [pool.submit(look) for look in (lambda: len(figure.data), figure.to_dict)]
        done, _ = wait(others, timeout=0.1)
        goes_on.set()
    assert not done
    assert first.result() == "Won"
    assert others[0].result() == 1
    assert others[1].result() == built_of(bars()).to_dict()
