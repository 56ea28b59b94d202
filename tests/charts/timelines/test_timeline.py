from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from journey.charts.svg import Picture
from journey.charts.timelines.timeline import account_timeline_picture
from journey.charts.timelines.words import MAX_LANES
from journey.errors import ColumnNotFoundError

SVG = "{http://www.w3.org/2000/svg}"
STAGES = ["Attract", "Capture", "Nurture", "Convert"]


def timeline(rows):
    """Frame of (day, touchpoint, person, stage), with what else the picture reads."""
    start = pd.Timestamp("2026-01-01", tz="UTC")
    return pd.DataFrame(
        {
            "occurred_at": pd.DatetimeIndex(
                [start + pd.Timedelta(days=r[0]) for r in rows], tz="UTC"
            ),
            "touchpoint": pd.Series([r[1] for r in rows], dtype=object),
            "person_id": pd.Series([r[2] for r in rows], dtype=object),
            "person_role": pd.Series(["Buyer" if r[2] else None for r in rows], dtype=object),
            "channel": pd.Series([None] * len(rows), dtype=object),
            "stage": pd.Series([r[3] for r in rows], dtype=object),
            "current_stage": pd.Series([r[3] for r in rows], dtype=object),
            "gap_days": 0.0,
            "sentiment": pd.Series([float("nan")] * len(rows)),
            "value": float("nan"),
            "reason": pd.Series([None] * len(rows), dtype=object),
        }
    )


def root_of(picture: Picture):
    return ET.fromstring(picture.svg)  # noqa: S314 -- our own drawing


def texts(picture, style):
    found = root_of(picture).iter(f"{SVG}text")
    return [text.text for text in found if style in text.get("class").split()]


ROWS = [
    (0, "Ad", "ann", "Attract"),
    (5, "Demo", "bo", "Convert"),
    (9, "Ad", "ann", "Attract"),
    (60, "Call", None, "Convert"),
    (64, "Call", "bo", "Convert"),
]


def test_title_counts_touchpoints_people_and_days():
    # Five touchpoints, two known people, from day 0 to day 64.
    assert account_timeline_picture(timeline(ROWS)).title == "5 touchpoints by 2 people in 64 days"


def test_one_lane_per_person_by_first_touch_and_unknown_last():
    picture = account_timeline_picture(timeline(ROWS), stages=STAGES)
    assert texts(picture, "person") == ["Stage", "ann", "bo", "Person not known"]


def test_lanes_say_role_and_touches():
    picture = account_timeline_picture(timeline(ROWS), stages=STAGES)
    assert {"Buyer · 2 touches", "1 touch"} <= set(texts(picture, "muted"))


def test_every_touch_is_in_a_dot():
    picture = account_timeline_picture(timeline(ROWS), stages=STAGES)
    dots = [g for g in root_of(picture).iter(f"{SVG}g") if g.get("class") == "touch"]
    words = "\n".join(dot.findtext(f"{SVG}title") for dot in dots).splitlines()
    assert sorted(line.split(" · ")[0] for line in words) == ["Ad", "Ad", "Call", "Call", "Demo"]


def test_touches_at_one_time_share_a_dot_with_their_number():
    rows = [*ROWS, (64, "Mail", "bo", "Convert"), (64, "Mail", "bo", "Convert")]
    assert texts(account_timeline_picture(timeline(rows), stages=STAGES), "many") == ["3"]


def test_long_silence_is_marked_and_short_ones_are_not():
    # Gaps 5, 4, 51 and 4 days; the middle one of 4, 4, 5, 51 is 5, so only 51 is thrice that.
    assert texts(account_timeline_picture(timeline(ROWS)), "silence-words") == ["51 days silent"]


def test_silence_until_the_end_of_the_log_is_marked():
    as_of = pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(days=104)
    picture = account_timeline_picture(timeline(ROWS), as_of=as_of)
    assert "40 days silent" in texts(picture, "silence-words")
    assert "40 days before the end of the log" in picture.alt


def test_band_shows_the_stage_at_every_time_with_its_return():
    picture = account_timeline_picture(timeline(ROWS), stages=STAGES)
    band = [
        r
        for r in root_of(picture).iter(f"{SVG}rect")
        if (r.get("class") or "").startswith("stage-")
    ]
    # Attract, Convert, back to Attract, Convert again
    assert [r.get("class") for r in band] == ["stage-0", "stage-3", "stage-0", "stage-3"]


def test_bad_touch_has_a_ring_and_the_legend_says_so():
    frame = timeline(ROWS)
    frame.loc[1, "sentiment"] = -0.5
    picture = account_timeline_picture(frame, stages=STAGES)
    rings = [
        c for c in root_of(picture).iter(f"{SVG}circle") if "unhappy" in c.get("class").split()
    ]
    assert len(rings) == 1
    assert "Negative sentiment" in texts(picture, "legend")


def test_many_people_share_the_last_lane():
    rows = [(day, "Ad", f"person {day:02}", "Attract") for day in range(30)]
    people = texts(account_timeline_picture(timeline(rows), stages=STAGES), "person")
    assert len(people) == MAX_LANES + 1
    assert people[-1] == f"{30 - MAX_LANES + 1} other people"


def test_single_touch_and_same_instant_are_drawn():
    assert account_timeline_picture(timeline(ROWS[:1])).title == "1 touchpoint by 1 person"
    twice = timeline([ROWS[0], ROWS[0]])
    assert texts(account_timeline_picture(twice), "many") == ["2"]


@pytest.mark.parametrize("days", [0.02, 0.4, 2, 11, 80, 300, 1000, 4000, 30_000])
def test_dates_are_a_dozen_or_so_at_any_length(days):
    rows = [(0, "Ad", "ann", "Attract"), (days, "Ad", "ann", "Attract")]
    picture = account_timeline_picture(timeline(rows))
    ticks = [line for line in root_of(picture).iter(f"{SVG}line") if line.get("class") == "tick"]
    assert len(ticks) <= 18


def test_hostile_names_stay_text():
    rows = [(0, "</text><script>", '"><img>', "<b>")]
    picture = account_timeline_picture(timeline(rows))
    assert "<script" not in picture.svg
    assert "<img" not in picture.svg
    assert texts(picture, "words") == ["</text><script>"]


def test_empty_timeline_says_so():
    assert account_timeline_picture(timeline([])).title == "No touchpoints to show"


def test_missing_column_is_named():
    with pytest.raises(ColumnNotFoundError, match="person_role"):
        account_timeline_picture(timeline(ROWS).drop(columns="person_role"))


def test_moves_to_an_earlier_stage_are_marked_and_explained():
    # Convert on day 5, back in Attract on day 9; the way on to Convert on day 60 is none.
    marks = [
        "".join(path.itertext())
        for path in root_of(account_timeline_picture(timeline(ROWS), stages=STAGES)).iter(
            f"{SVG}path"
        )
        if path.get("class") == "back-move"
    ]
    assert marks == ["Back from Convert to Attract, 10 Jan 2026", ""]  # the last is the legend's


def test_a_journey_that_only_went_on_has_no_mark():
    picture = account_timeline_picture(timeline(ROWS[:2]), stages=STAGES)
    assert "earlier stage" not in picture.svg


class TestTracks:
    def drawn(self, sentiments=(), scores=None):
        frame = timeline(ROWS)
        frame.loc[range(len(sentiments)), "sentiment"] = sentiments
        return account_timeline_picture(frame, stages=STAGES, scores=scores)

    def test_sentiment_is_drawn_along_the_way(self):
        # Three of five touches carry it: 0.5, -0.5 and 0.3, 0.1 on average.
        picture = self.drawn([0.5, -0.5, 0.3])
        moods = [one.get("class") for one in root_of(picture).iter(f"{SVG}circle")]
        assert [mood for mood in moods if mood.startswith("mood ")] == [
            "mood good",
            "mood bad",
            "mood good",
        ]
        assert "+0.1 on average, of 3" in texts(picture, "muted")

    def test_scores_are_lines_with_a_key_and_the_grade(self):
        history = pd.DataFrame(
            {
                "occurred_at": pd.date_range("2026-01-01", periods=4, tz="UTC"),
                "engagement": [0.0, 5.0, 5.0, 2.0],
                "relationship": [1.0, 1.0, 1.0, 1.0],
                "fit": 0.0,
                "grade": "<B2>",
            }
        )
        picture = self.drawn(scores=history)
        assert "Scores" in texts(picture, "person")
        assert "Now grade <B2>" in texts(picture, "muted")
        lines = [
            one
            for one in root_of(picture).iter(f"{SVG}path")
            if one.get("class", "").startswith("track-line") and "L" in one.get("d")
        ]
        # Fit never tells anything; what stays the same has its two ends alone.
        assert [line.get("class") for line in lines] == ["track-line solid", "track-line dashed"]
        assert lines[1].get("d").count("L") == 1

    def test_without_either_there_is_no_lane(self):
        plain = self.drawn()
        assert "Sentiment" not in texts(plain, "person")
        assert "Scores" not in texts(plain, "person")
        assert self.drawn([0.5]).height > plain.height
