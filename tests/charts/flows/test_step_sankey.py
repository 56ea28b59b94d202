import json
import re
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from journey.charts.flows.step_sankey import WIDTH, step_sankey
from journey.charts.svg import text_width
from journey.charts.theme import fixed
from tests.charts.sample_frames import STAGES, sequences, step_flows

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def picture():
    return step_sankey(step_flows(sequences(), steps=8), stages=STAGES)


def parts(picture, kind):
    root = ET.fromstring(picture.svg)  # noqa: S314 -- our own drawing
    return [part for part in root.iter(f"{SVG}g") if part.get("data-kind") == kind]


def texts(picture):
    root = ET.fromstring(picture.svg)  # noqa: S314 -- our own drawing
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_title_says_how_far_half_go():
    # Two of three journeys have two touchpoints or fewer: after 1 step 1/3 are over, after 2 2/3.
    journeys = [(["Case study"] * n, "lost") for n in (1, 2, 5)]
    flows = step_flows(journeys, steps=4)
    assert step_sankey(flows).title == "67% of all journeys go no further than 2 steps"


def test_title_when_exactly_half_are_over():
    journeys = [(["Case study"] * n, "lost") for n in (1, 5)]
    title = step_sankey(step_flows(journeys, steps=4)).title
    assert title == "Half of all journeys go no further than 1 step"


def test_title_when_most_go_on():
    journeys = [(["Case study"] * n, "lost") for n in (1, 5, 5, 5)]
    title = step_sankey(step_flows(journeys, steps=3)).title
    assert title == "75% of all journeys are still going at step 3"


def test_facts_say_where_journeys_begin_turn_back_and_are_won():
    # Two of three begin with the ad; the one back move is from Convert to Attract; one is won.
    journeys = [
        (["LinkedIn ad", "Product demo", "LinkedIn ad"], "won"),
        (["LinkedIn ad"], "lost"),
        (["Case study"], "lost"),
    ]
    alt = step_sankey(step_flows(journeys, steps=4), stages=STAGES).alt
    assert alt.startswith(
        "Begin most often with LinkedIn ad: 2 (67%). "
        "Turn back most often from Product demo to LinkedIn ad: 1 move. Won by step 4: 1 (33%)."
    )


def test_headers_say_step_and_how_many_are_still_going():
    journeys = [(["Case study"] * n, "lost") for n in (1, 2, 5)]
    written = texts(step_sankey(step_flows(journeys, steps=3)))
    start = written.index("First touch")
    assert written[start : start + 9] == [
        *("First touch", "3 of 3", "100% still going"),
        *("Step 2", "2 of 3", "67% still going"),
        *("Step 3", "1 of 3", "33% still going"),
    ]


def test_headers_can_be_given():
    flows = step_flows(sequences(20), steps=3)
    written = texts(step_sankey(flows, headers=["Webinar", "1 after"]))
    assert {"Webinar", "1 after", "Step 3"} <= set(written)


def test_around_an_anchor_the_first_column_is_no_beginning():
    journeys = [(["LinkedIn ad", "Case study", "Sales call"], "lost")] * 2
    flows = step_flows(journeys, steps=4)
    picture = step_sankey(flows, headers=["1 before", "Case study", "1 after", "2 after"])
    assert picture.title == "All journeys go no further than 1 after"
    assert "Begin" not in picture.alt


def test_journeys_not_started_are_under_way_later():
    written = texts(step_sankey(step_flows(sequences(30), steps=4, lead=1), stages=STAGES))
    assert "First touch" not in written
    assert "50% under way" in written


def test_every_box_can_be_clicked_and_names_itself(picture):
    boxes = parts(picture, "box")
    flows = step_flows(sequences(), steps=8)
    expected = {(row.step, row.box_kind, row.box) for row in flows.itertuples()}
    assert {tuple(json.loads(box.get("data-id"))) for box in boxes} == expected
    assert all(box.get("role") == "button" and box.get("tabindex") == "0" for box in boxes)
    assert all(box.get("aria-label") == box.findtext(f"{SVG}title") for box in boxes)


def test_numbers_of_boxes_are_in_their_names():
    journeys = [(["Case study"], "lost")] * 3 + [(["Sales call"], "won")]
    names = [
        box.get("aria-label")
        for box in parts(step_sankey(step_flows(journeys, steps=2), stages=STAGES), "box")
    ]
    assert names == [
        "Case study (Nurture), step 1: 3 journeys, 75% of all",
        "Sales call (Convert), step 1: 1 journey, 25% of all",
        "No further touch, Won, step 2: 1 journey, 25% of all",
        "No further touch, Lost, step 2: 3 journeys, 75% of all",
    ]


def test_ribbons_carry_their_identity_and_share(picture):
    flows = parts(picture, "flow")
    identities = [json.loads(flow.get("data-id")) for flow in flows]
    assert len({tuple(identity) for identity in identities}) == len(identities)
    assert all(len(identity) == 5 for identity in identities)
    words = flows[0].get("aria-label")
    assert re.search(r"step \d to \d: [\d,]+ journeys, <?\d+% of all; <?\d+% of ", words)


def test_thin_ribbons_are_left_out_and_counted(picture):
    drawn = len(parts(picture, "flow"))
    assert f"Ribbons drawn: {drawn:,} of" in picture.alt


def test_back_moves_have_their_colour_and_lie_on_top(picture):
    backs = ["back" in flow.get("class").split() for flow in parts(picture, "flow")]
    assert any(backs)
    assert backs == sorted(backs)


def test_number_that_turns_back_stands_over_the_ribbons():
    # After step 1 two journeys go from Convert back to Attract, after step 2 none does.
    journeys = [(["Product demo", "LinkedIn ad", "Case study"], "lost")] * 2 + [
        (["LinkedIn ad", "Product demo", "Product demo"], "won")
    ]
    picture = step_sankey(step_flows(journeys, steps=3), stages=STAGES)
    found = ET.fromstring(picture.svg).iter(f"{SVG}text")  # noqa: S314 -- our own drawing
    assert [text.text for text in found if text.get("class") == "turned"] == ["2", "back"]


def test_type_named_as_an_outcome_is_told_apart():
    flows = step_flows([(["won"], "won")], steps=2)
    boxes = parts(step_sankey(flows), "box")
    assert [box.get("data-box-kind") for box in boxes] == ["touchpoint", "outcome"]


def test_few_ribbons_are_stops_of_the_tab_key(picture):
    stops = [flow for flow in parts(picture, "flow") if flow.get("tabindex") == "0"]
    assert 0 < len(stops) < 300


def test_words_in_boxes_fit_their_boxes(picture):
    for box in parts(picture, "box"):
        room = float(box.find(f"{SVG}rect").get("width"))
        for text in box.findall(f"{SVG}text"):
            size = 14 if "big" in text.get("class") else 12
            assert text_width(text.text, size) <= room


def test_other_can_be_opened(picture):
    other = next(
        box for box in parts(picture, "box") if json.loads(box.get("data-id"))[1] == "other"
    )
    assert "opens into its types" in other.get("aria-label")


def test_hostile_names_stay_text():
    name = '</text><script>alert("1")</script>&'
    flows = pd.DataFrame(
        {
            "step": [1, 2],
            "box": [name, name],
            "box_kind": "touchpoint",
            "box_stage": ["<b>", "<b>"],
            "next_box": [name, None],
            "next_kind": ["touchpoint", None],
            "next_stage": ["<b>", None],
            "n_journeys": [3, 3],
            "n_back": [0, 0],
        }
    )
    picture = step_sankey(flows)
    assert "<script" not in picture.svg
    assert json.loads(parts(picture, "box")[0].get("data-id")) == [1, "touchpoint", name]


def test_names_of_any_script_and_length_are_drawn():
    journeys = [(["問い合わせフォーム送信完了ページ" * 3, "ส่งอีเมล", "x" * 200], "lost")] * 3
    picture = step_sankey(step_flows(journeys, steps=3))
    assert any(text.endswith("…") for text in texts(picture))


def test_no_decimal_count_and_no_colour_outside_the_style(picture):
    body = picture.svg.split("</style>", 1)[1]
    assert "#" not in re.sub(r"&#\d+;", "", body)
    assert "var(--" not in fixed(picture.svg, "dark").split("</style>", 1)[0].split("}", 2)[2]


def test_empty_frame_is_a_designed_picture():
    picture = step_sankey(step_flows([]))
    assert picture.title == "No journeys to draw"
    assert "Widen the dates" in picture.svg
    assert picture.width == WIDTH


def test_themes_differ_by_class_only():
    flows = step_flows(sequences(50), steps=4)
    light, dark = (step_sankey(flows, stages=STAGES, theme=theme) for theme in ("light", "dark"))
    assert light.svg.replace("step-sankey light", "step-sankey dark", 1) == dark.svg


def test_one_step_alone_is_drawn():
    picture = step_sankey(step_flows(sequences(50), steps=1), stages=STAGES)
    assert picture.title == "100% of all journeys are still going at step 1"
    assert not parts(picture, "flow")
