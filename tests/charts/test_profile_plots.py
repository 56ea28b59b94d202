"""Charts of profiles, personas and comparisons: names stay names, small samples are said."""

import json

import pandas as pd
import pytest

import journey
from journey import charts
from journey.charts.svg import escape, pressed
from tests.analysis.profiles.test_profile_traits import planted
from tests.examples import small_log

HOSTILE = "<b>E</b> $x$ <script>"
CELLS = {(HOSTILE, "big"): (60, 30), ("Shop", "big"): (60, 3), ("Shop", "small"): (60, 3)}


def of_profiles():
    log = planted(CELLS)
    profile = journey.ideal_customer_profile(log)
    yield charts.plot_ideal_customer(profile)
    yield charts.plot_profile_traits(journey.profile_traits(log))
    yield charts.plot_profile_fit(journey.profile_fit_by_month(log, profile["segment"].iloc[0]))


def of_people():
    people = pd.DataFrame({"person_id": ["p"], "role": [HOSTILE]})
    log = small_log([("a", 0, "Ad"), ("a", 1, "Won")], people=people, person_id=["p", "p"])
    frame = journey.personas(log)
    yield charts.plot_personas(frame)
    yield charts.plot_persona_parts(frame)
    yield charts.plot_buying_groups(journey.buying_groups(log))


@pytest.mark.parametrize("drawn", [of_profiles, of_people])
def test_names_never_become_markup_or_formulas(drawn):
    for chart in drawn():
        written = json.dumps(chart.to_plotly_json(), default=str)
        for markup in ("<b>E", "$x$", "<script"):
            assert markup not in written


def groups():
    rows = [(f"a{n}", day, what) for n in range(40) for day, what in enumerate(("Ad", HOSTILE))]
    rows += [(f"b{n}", day, what) for n in range(40) for day, what in enumerate(("Ad", "Mail"))]
    log = small_log(rows)
    return log.having(HOSTILE), log.having("Mail")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_of_two_groups_say_both_and_colour_by_difference(theme):
    one, other = groups()
    names = (HOSTILE, "Others")
    graph = journey.compare_graph(one, other)
    flow = journey.compare_steps(one, other, steps=3)
    for picture in (
        charts.compare_map(graph, names=names, theme=theme),
        charts.compare_flow(flow, names=names, theme=theme),
    ):
        assert "<script" not in picture.svg
        assert "<b>" not in picture.svg
        assert "smallest sample 40" in picture.svg
        for look in ("lean-a", "lean-b"):
            assert f"{look}" in picture.svg
        assert "More often in Others" in picture.svg


def test_a_step_flow_tells_of_named_types_before_other_ones():
    # Of A 80 % go from Other to Other and 40 % from Ad to Mail; none of B does either.
    frame = pd.DataFrame(
        {
            "step": 1,
            "box": ["Other", "Ad", "Ad"],
            "box_kind": ["other", "touchpoint", "touchpoint"],
            "box_stage": None,
            "next_box": ["Other", "Mail", "Demo"],
            "next_kind": ["other", "touchpoint", "touchpoint"],
            "next_stage": None,
            "n_journeys": [40, 20, 50],
            "n_back": 0,
            "n_a": [40, 20, 0],
            "n_b": [0, 0, 50],
            "n_all_a": 50,
            "n_all_b": 50,
            "a_share": [0.8, 0.4, 0.0],
            "b_share": [0.0, 0.0, 1.0],
            "difference": [0.8, 0.4, -1.0],
            "chance": [0.001, 0.001, 1.0],
        }
    )
    assert charts.compare_flow(frame).title == "Ad → Mail at step 1: 40% in A, 0% in B"
    periods = ("2024-07-01 to 2025-06-30", "2025-07-01 to 2026-06-30")
    said = "40% in 2024-07-01 to 2025-06-30, 0% in 2025-07-01 to 2026-06-30"
    assert charts.compare_flow(frame, names=periods).title == f"Ad → Mail at step 1: {said}"
    # Where they leave no room the line below says who A and B are.
    long = charts.compare_flow(frame, names=("1234 to 5678" * 3, periods[1]))
    assert long.title == "Ad → Mail at step 1: 40% in A, 0% in B"
    assert f"A: {'1234 to 5678' * 3}, " in long.svg
    others = frame.assign(chance=[0.001, 1.0, 1.0])
    assert charts.compare_flow(others).title == "Other → Other at step 1: 80% in A, 0% in B"


def test_what_parts_the_groups_by_rule_is_not_their_difference():
    # All of A and none of B entered the last stage, as a win does; of the others most differ in
    # Convert, by 60 %. Where the part alone differs, it is the difference.
    frame = pd.DataFrame(
        {
            "stage": ["Nurture", "Convert", "Expand"],
            "n_a": [50, 50, 50],
            "n_b": [30, 24, 0],
            "n_all_a": 50,
            "n_all_b": 60,
            "a_share": 1.0,
            "b_share": [0.5, 0.4, 0.0],
            "difference": [0.5, 0.6, 1.0],
            "chance": 0.001,
        }
    )
    title = charts.plot_compare_stages(frame).layout.title.text
    assert title == "Convert: 100% in A, 40% in B"
    assert charts.plot_compare_stages(frame.tail(1)).layout.title.text.startswith("Expand: 100%")


def test_a_small_group_is_said():
    one, other = groups()
    few = one.where(account_id=["a1", "a2"])
    chart = charts.plot_compare_stages(journey.compare_stages(few, other))
    assert "too small to rely on" in chart.layout.title.subtitle.text
    assert charts.compare_map(
        journey.compare_graph(few.where(outcome="lost"), few.where(outcome="lost"))
    ).title


def test_what_is_selected_is_outlined_in_the_picture_of_two_groups():
    one, other = groups()
    graph = journey.compare_graph(one, other)
    name = max(graph)
    picture = charts.compare_map(graph, selected=name)
    assert picture.svg.count("aria-pressed=") == 1
    assert f'data-id="{escape(name)}" aria-pressed="true"' in picture.svg
    # What was marked once stays marked once.
    assert pressed(picture, "node", name) == picture
    assert (
        "aria-pressed=" not in charts.compare_map(graph, selected="Gone").svg.split("</style>")[1]
    )
    frame = journey.compare_stages(one, other)
    last = frame["stage"].iloc[-1]
    (shape,) = [
        shape
        for shape in charts.plot_compare_stages(frame, selected=last).layout.shapes
        if shape.type == "rect"
    ]
    assert shape.y0 < len(frame) - 1 < shape.y1
