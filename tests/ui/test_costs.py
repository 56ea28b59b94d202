"""The table of what campaigns cost."""

from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from journey import from_frame
from journey.costs import costs_frame


def page():
    import streamlit as st

    from journey.ui.costs import show_costs

    show_costs(st.session_state["log"])


@pytest.fixture
def log():
    return from_frame(
        pd.DataFrame(
            {
                "account_id": ["a", "a"],
                "occurred_at": pd.to_datetime(["2026-01-05", "2026-01-06"]),
                "touchpoint": ["Ad", "Ad"],
                "campaign": ["Spring", "**Fair**"],
            }
        )
    )


def shown(log):
    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["log"] = log
    app.run()
    assert not app.exception
    return app


def test_without_costs_it_says_so(log):
    app = shown(log)
    assert "No costs were imported" in app.caption[0].value
    assert not app.dataframe


def test_it_says_which_campaigns_are_on_one_side_only(log):
    spent = {"day": ["2026-01-01"] * 3, "campaign": ["spring", "Other", None], "cost": [1.0, 2, 3]}
    app = shown(replace(log, costs=costs_frame(pd.DataFrame(spent))))
    assert app.caption[0].value == (
        "1 campaign with costs and touchpoints, 2 campaigns with costs only, "
        "1 campaign with touchpoints only. Currencies are never added up."
    )
    assert app.dataframe[0].value["cost"].sum() == 6
