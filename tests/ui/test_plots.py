"""Charts on the screen."""

import pytest
from streamlit.testing.v1 import AppTest

from journey.ui import plots


def chart_with(n_bars):
    import plotly.graph_objects as go

    from journey.ui.plots import show_plot

    show_plot(go.Figure([go.Bar(x=[1], y=[1])] * n_bars), key="one", file_name="one")


@pytest.mark.parametrize(("n_bars", "offered"), [(0, []), (1, ["one.svg"])])
def test_only_a_chart_with_something_to_see_is_offered_as_a_picture(monkeypatch, n_bars, offered):
    found = []
    monkeypatch.setattr(plots, "_download", lambda **given: found.append(given["data"]["file"]))
    app = AppTest.from_function(chart_with, kwargs={"n_bars": n_bars}).run()
    assert not app.exception
    assert found == offered
