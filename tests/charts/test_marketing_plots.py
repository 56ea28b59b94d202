import pandas as pd

from journey.charts import plots
from tests.charts import marketing_frames as frames


def title(chart):
    return chart.layout.title.text.replace("<br>", " ")


def words(chart):
    return [note.text for note in chart.layout.annotations]


def test_late_handoffs_compare_with_all_others_and_nobody_where_none_stands_out():
    frame = frames.late_handoffs().assign(value=["Ann", "Bob", None])
    # Of the others 10 of 100 and 1 of 6 are late: 11 of 106.
    assert title(plots.plot_late_handoffs(frame)) == (
        "Ann answers late: 87% of 92 took over 2 days, against 10% of all others"
    )
    alike = frame.assign(n_late=5, n_in_time=45, n_past_due=0, late_rate=0.1, late_low=0.04)
    assert title(plots.plot_late_handoffs(alike)) == "10% of 150 took over 2 days"


def test_months_without_a_promise_show_what_was_handed_on():
    frame = frames.handoff_months().assign(n_in_time=0, n_late=0, n_past_due=0)
    chart = plots.plot_handoff_months(frame)
    assert title(chart) == "30 handed on in 2 months"
    assert [list(trace.y) for trace in chart.data] == [[10, 20]]


def test_returns_without_a_reason_are_said():
    frame = frames.returned_leads().assign(reason=None)
    assert title(plots.plot_returned_leads(frame)) == "40 leads were sent back, no reason given"


def test_gaps_stand_in_the_matrix_and_its_title():
    frame = frames.ownership_matrix().replace(frames.HOSTILE, "Care")
    chart = plots.plot_ownership_matrix(frame)
    assert title(chart) == "2 of 2 stages have a gap: Care has a lead without a touch there"
    assert "lead has no touch" in words(chart)[0]
    assert "no lead" in chart.layout.yaxis.ticktext[1]
    whole = plots.plot_ownership_matrix(frame.assign(gap=None))
    assert title(whole) == "Each of 2 stages has one lead, and the lead works there"


def test_promises_that_are_kept_are_said():
    frame = frames.service_levels().assign(late_rate=0.0, late_low=0.0, n_late=0)
    assert title(plots.plot_service_levels(frame)) == "Every promise is kept"


def test_the_promise_broken_most_is_one_of_those_due_often():
    # Two that were due are no ground for a verdict beside 552 of which 116 came late.
    rows = [("Convert", 0, 0, 2, 1.0), ("MQL to accepted", 436, 116, 0, 0.21)]
    names = ["promise", "n_in_time", "n_late", "n_past_due", "late_rate"]
    frame = pd.DataFrame(rows, columns=names).assign(
        source="Marketing", target="Sales", sla_hours=48.0, late_low=0.1, late_high=1.0
    )
    chart = plots.plot_service_levels(frame)
    assert title(chart) == "Sales breaks most promises: MQL to accepted, 21% of 552 late"
    alone = plots.plot_service_levels(frame.head(1))
    assert title(alone) == "2 of 2 promises were broken"
    kept = frame.assign(n_late=0, late_rate=[1.0, 0.0])
    assert "are all kept" in title(plots.plot_service_levels(kept))


def test_holes_are_written_with_the_people_who_met_none():
    frame = frames.content_coverage().replace(frames.HOSTILE, "Buyer")
    chart = plots.plot_content_coverage(frame)
    assert "hole · 40" in words(chart)
    assert title(chart) == "1 of 3 places have no content; the largest: Buyer in B, 40 people"
    full = plots.plot_content_coverage(frame.assign(is_hole=False))
    assert title(full) == "Every place has content"


def test_content_that_does_not_stand_out_is_not_praised():
    frame = frames.content_audit().assign(without_rate=0.55)
    chart = plots.plot_content_ranking(frame)
    assert title(chart) == "No content stands out from journeys without it"


def test_segments_of_few_journeys_answer_no_call():
    frame = frames.calls_to_action().assign(n_segment=9, call_to_action="Form")
    assert title(plots.plot_calls_to_action(frame)) == "Form: segments are too small to compare"


def test_single_scores_are_drawn_and_win_no_title():
    frame = frames.feelings().replace(frames.HOSTILE, "Ticket")
    chart = plots.plot_feelings(frame)
    assert title(chart) == "Lowest mood: Ticket, -0.40; highest: Demo, +0.30"
    assert "+0.90 · n = 1" in words(chart)
    few = plots.plot_feelings(frame.assign(n_scores=3))
    assert title(few) == "Too few scores to compare touchpoints"


def test_the_stage_line_names_the_deepest_fall_or_the_best_stage():
    frame = frames.stage_feelings().assign(stage=["A", "B", "C"], mean_sentiment=[0.5, 0.1, 0.3])
    chart = plots.plot_stage_feelings(frame)
    assert title(chart) == "The mood falls most into B: from +0.50 to +0.10"
    rising = plots.plot_stage_feelings(frame.assign(mean_sentiment=[0.1, 0.2, 0.3]))
    assert title(rising) == "People feel best in C: +0.30"
    unknown = pd.DataFrame({"stage": [None], "n_scores": 1, "mean_sentiment": 0.1})
    empty = plots.plot_stage_feelings(unknown.assign(low=None, high=None))
    assert title(empty) == "Nothing to show yet"


def test_what_no_touchpoint_means_has_no_line_and_no_name_in_the_legend():
    frame = pd.DataFrame({"month": ["2026-01"], "n_reopened": [1], "n_mqls": [2]})
    chart = plots.plot_nurture(frame.assign(n_new_leads=pd.array([None], "Int64")))
    assert [line.name for line in chart.data] == ["Came back", "MQLs"]
