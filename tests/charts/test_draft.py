"""A chart as described, and as built."""

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
