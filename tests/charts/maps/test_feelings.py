"""The lane of feelings under the map: optional, and nothing above it moves."""

import math
import re

from journey.charts import StageFeeling, journey_map
from journey.charts.maps.feelings import LANE_HEIGHT, emotion_words
from tests.charts.example_graphs import five

FEELINGS = {
    "Nurture": StageFeeling(0.25, 0.2, 0.3, 597),
    "Expand": StageFeeling(-0.36, -0.4, -0.3, 494, "<b>Ticket</b>", -0.36),
    "Convert": StageFeeling(0.1, math.nan, math.nan, 1),
}


def test_the_lane_is_added_below_and_all_else_stays():
    plain, felt = journey_map(five()), journey_map(five(), feelings=FEELINGS)
    assert felt.height == plain.height + LANE_HEIGHT
    boxes = re.compile(r'<rect class="box"[^>]*>')
    assert boxes.findall(plain.svg) == boxes.findall(felt.svg)
    assert "emotion" not in plain.svg.split("</style>")[1]


def test_each_stage_with_scores_has_a_mark_and_names_are_harmless():
    drawn = journey_map(five(), feelings=FEELINGS).svg.split("</style>")[1]
    assert drawn.count('class="emotion-mark"') == 3
    assert drawn.count('class="emotion-spread"') == 2
    assert "+0.25, n=597" in drawn
    assert "<b>Ticket" not in drawn
    assert "hit stage emotion unsure" in drawn


def test_the_lane_is_told_to_those_who_do_not_see_it():
    assert emotion_words({"Nurture": FEELINGS["Nurture"]}) == (
        "Mean sentiment by stage: Nurture +0.25."
    )
    assert "Expand -0.36" in journey_map(five(), feelings=FEELINGS).alt
    assert "sentiment" not in journey_map(five(), feelings={}).alt
