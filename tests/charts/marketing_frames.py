"""Frames of handoffs, ownership, content and feelings with hostile names, for tests of charts."""

import pandas as pd

from journey.analysis.figures.statistics import wilson

HOSTILE = "<b>Event</b> $x$ <a href='https://example.com'>y</a>"


def late_handoffs():
    counts = pd.DataFrame({"n_in_time": [12, 90, 5], "n_late": [80, 8, 1], "n_past_due": [0, 2, 0]})
    rate, low, high = wilson(counts["n_late"] + counts["n_past_due"], counts.sum(axis=1))
    rates = {"late_rate": rate, "late_low": low, "late_high": high, "sla_hours": 48.0}
    return counts.assign(value=[HOSTILE, "Bob", None], **rates)


def handoff_months():
    return pd.DataFrame(
        {
            "value": ["2026-01", "2026-02"],
            "n_waits": [10, 20],
            "n_in_time": [9, 10],
            "n_late": [1, 8],
            "n_past_due": [0, 1],
        }
    )


def returned_leads():
    return pd.DataFrame(
        {
            "reason": [HOSTILE, None],
            "n_sent_back": [30, 10],
            "sent_back_share": [0.75, 0.25],
            "n_journeys": [30, 10],
            "n_won": [3, 2],
        }
    )


def ownership_matrix():
    return pd.DataFrame(
        {
            "stage": [HOSTILE, HOSTILE, HOSTILE, "B", "B", "B"],
            "department": ["Sales", HOSTILE, None] * 2,
            "role": ["lead", "contributor", None, None, None, None],
            "n_touchpoints": [0, 5, 5, 1, 0, 0],
            "touch_share": [0.0, 0.5, 0.5, 1.0, 0.0, 0.0],
            "gap": ["lead has no touch", None, None, None, None, "no lead"],
        }
    )


def service_levels():
    frame = late_handoffs().drop(columns="value")
    names = {"promise": [HOSTILE, "B", "C"], "source": [None, HOSTILE, "M"], "target": HOSTILE}
    return frame.assign(**names)


def content_coverage():
    return pd.DataFrame(
        {
            "stage": ["A", "B"] * 2,
            "value": [HOSTILE, HOSTILE, "everybody", "everybody"],
            "n_contents": [3, 0, 1, 0],
            "n_used": [1, 0, 1, 0],
            "n_people": [9, 40, 0, 0],
            "is_hole": [False, True, False, False],
        }
    )


def content_audit():
    return pd.DataFrame(
        {
            "content": [HOSTILE, "Film"],
            "n_decided": [90, 9],
            "win_rate": [0.5, 0.2],
            "low": [0.4, 0.1],
            "high": [0.6, 0.5],
            "n_without": [80, 70],
            "without_rate": [0.2, 0.3],
        }
    )


def calls_to_action():
    return pd.DataFrame(
        {
            "call_to_action": HOSTILE,
            "value": [HOSTILE, None],
            "n_segment": [90, 9],
            "answer_rate": [0.5, 0.1],
            "low": [0.4, 0.05],
            "high": [0.6, 0.3],
        }
    )


def feelings():
    return pd.DataFrame(
        {
            "touchpoint": [HOSTILE, "Demo", "Call"],
            "n_scores": [90, 80, 1],
            "mean_sentiment": [-0.4, 0.3, 0.9],
            "low": [-0.5, 0.2, None],
            "high": [-0.3, 0.4, None],
        }
    )


def stage_feelings():
    return feelings().rename(columns={"touchpoint": "stage"})
