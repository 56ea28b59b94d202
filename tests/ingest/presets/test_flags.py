"""Rows that name no event, but say by flags or by a channel what happened."""

import pytest

HEAD = "user_id,timestamp,channel,campaign,converted\n"
TOUCHES = (
    "1,2024-01-02 10:00,Email,A,No\n1,2024-01-03 10:00,Search,B,Yes\n"
    "2,2024-01-02 10:00,Social,A,No\n2,2024-01-05 10:00,Email,A,No\n"
)


def test_a_touch_that_converted_says_so_and_others_are_named_by_their_channel(imported):
    log = imported({"touches.csv": HEAD + TOUCHES})
    assert log.touchpoint_types == ["Conversion", "Email", "Social"]
    assert (log.n_touchpoints, log.n_journeys) == (4, 2)
    # The channel of the touch that converted is still known.
    assert log.where(channel="Search").n_touchpoints == 1
    note = (
        "no column was found that names an event: rows are named by 'converted' and 'channel'; "
        "if one does, say --column touchpoint=HEADER"
    )
    assert f"touches.csv: {note}" in log.report.notes


def test_the_channel_alone_names_touches(imported):
    rows = "".join(f"{line.rpartition(',')[0]}\n" for line in (HEAD + TOUCHES).splitlines())
    assert imported({"a.csv": rows}).touchpoint_types == ["Email", "Search", "Social"]


def test_a_click_names_impressions(imported):
    text = "user,time_stamp,adgroup_id,clk\n" + "".join(
        f"{n % 3},{1494137644 + n},7,{int(n == 4)}\n" for n in range(6)
    )
    log = imported({"ads.csv": text})
    assert log.touchpoint_types == ["Click", "Impression"]
    assert log.exclude("Impression").n_touchpoints == 1


@pytest.mark.parametrize(
    ("text", "types"),
    [
        # A lead has its channel, and converted or not, once and for all.
        (
            "lead_id,created,channel,converted\n1,2024-01-02,Web,1\n2,2024-01-03,Mail,0\n",
            ["created"],
        ),
        # What is named stays.
        ("user,time,event,clicked\n1,2024-01-02,Mail,1\n1,2024-01-03,Mail,0\n", ["Mail"]),
        # Answers are no touchpoints.
        ("user,called,answered\n1,2024-01-02,Yes\n1,2024-01-03,No\n", ["called"]),
        # Neither yes nor no.
        ("user,time,click\n1,2024-01-02,3\n1,2024-01-03,5\n", ["time"]),
    ],
)
def test_facts_and_named_events_are_no_flags(imported, text, types):
    assert imported({"a.csv": text}).touchpoint_types == types


STEPS = ("Landing", "Pricing", "Demo", "Signup")


@pytest.mark.parametrize(
    "head",
    [
        *("time,step,converted", "time,task,channel", "time,category,channel"),
        *("time,description,converted", "time,what_happened,channel", "time,touch_desc,medium"),
    ],
)
def test_words_that_change_name_events_before_flags_and_channels(imported, head):
    side = ("No", "Yes") if "converted" in head else ("Mail", "Web")
    rows = "".join(
        f"{who},2024-01-0{day} 10:00,{step},{side[step == 'Signup']}\n"
        for who in range(1, 6)
        for day, step in enumerate(STEPS[: who + 1], 1)
    )
    log = imported({"a.csv": f"customer_id,{head}\n{rows}"})
    assert log.touchpoint_types == sorted(STEPS)
    # 2 + 3 + 4 + 4 + 4 steps.
    assert (log.n_touchpoints, log.n_journeys) == (17, 5)
    assert not any("names an event" in note for note in log.report.notes)


def test_a_fact_about_people_does_not_hide_what_flags_say(imported):
    rows = "".join(
        f"{n % 3},2024-01-{n + 1:02} 10:00,{('North', 'South', 'West')[n % 3]},{int(n == 4)}\n"
        for n in range(9)
    )
    log = imported({"a.csv": f"user_id,timestamp,region,clicked\n{rows}"})
    assert log.touchpoint_types == ["Click", "Impression"]


def test_a_month_in_which_nobody_converted_is_named_like_the_others(imported):
    quiet = TOUCHES.replace("Yes", "No")
    log = imported(
        {"jan.csv": HEAD + TOUCHES, "feb.csv": HEAD + quiet.replace("2024-01", "2024-02")}
    )
    assert log.touchpoint_types == ["Conversion", "Email", "Search", "Social"]
    told = [note for note in log.report.notes if "rows are named by 'converted'" in note]
    assert len(told) == 2


def test_an_empty_column_is_no_flag(imported):
    rows = "".join(f"u{n % 3},2024-01-{n + 1:02},,{('ios', 'web')[n % 2]}\n" for n in range(9))
    log = imported({"visits.csv": f"user_id,time,clicked,device\n{rows}"})
    told = {note for note in log.report.notes if "named by" in note}
    assert (log.touchpoint_types, told) == (without_column(imported, rows), set())


def without_column(imported, rows):
    """What touchpoints are called without the empty column."""
    return imported(
        {"visits.csv": f"user_id,time,device\n{rows.replace(',,', ',')}"}
    ).touchpoint_types
