"""Ideal customer, personas, segments and comparisons on the screen."""

import shutil
from dataclasses import replace
from datetime import date

import pytest
import streamlit as st

import journey
from journey import Segment
from journey.kept import PersonaNotes, load_notes, load_segments, save_segment
from tests.ui import pages
from tests.ui.pages import choose, said, written
from tests.ui.pages import flawless as checked

ICP = Segment(profile=(("industry", ("Logistics", "Manufacturing")), ("employees", ("200-999",))))


@pytest.fixture
def root(tmp_path, sample_dataset, monkeypatch):
    shutil.copytree(sample_dataset, tmp_path / "datasets" / "Sample")
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    return tmp_path


def opened(page, **query):
    return checked(pages.opened(page, "Sample", **query))


def test_the_profile_is_said_kept_and_used_as_a_filter(root):
    app = opened("explore/ideal_customer")
    assert "34% of 114 journeys won, against 8% of all others, 4.1 times as often" in said(app)
    assert "35% of 79 journeys lost" in said(app)
    app = checked(app.button(key="keep:ideal:use").click().run())
    assert load_segments(root, "Sample")["Ideal customer"].profile == ICP.profile
    assert "114 of 2,100 journeys" in said(app)
    assert "Segment: Ideal customer" in [one.label.replace("\\", "") for one in app.button]
    for view in ("Traits", "Are we selling to it?"):
        choose(opened("explore/ideal_customer"), view)


def test_a_segment_in_the_address_filters_every_page(root):
    save_segment(root, "Sample", "ICP", ICP)
    for page in ("explore/overview", "explore/paths", "act/stalled_accounts"):
        assert "114 of 2,100 journeys" in said(opened(page, segment="ICP"))
    app = opened("explore/overview", segment="Gone")
    assert "2,100 journeys" in said(app)
    assert "The segment 'Gone' is gone" in said(app)


def test_a_changed_segment_is_counted_anew(root):
    save_segment(root, "Sample", "ICP", ICP)
    app = opened("explore/overview", segment="ICP")
    save_segment(root, "Sample", "ICP", Segment(profile=(("industry", ("Logistics",)),)))
    assert "159 of 2,100 journeys" in said(checked(app.run()))


def test_notes_stay_with_their_persona(root):
    app = opened("explore/personas", state={"notes-of:0:Operations Director": True})
    assert "19% won" in said(app)
    app.text_area(key="goals:Operations Director").set_value("*Fewer* gaps").run()
    app = checked(app.button(key="notes:Operations Director").click().run())
    assert load_notes(root, "Sample") == {"Operations Director": PersonaNotes("*Fewer* gaps")}
    assert r"\*Fewer\* gaps" in written(app)
    for view in ("With whom we win", "Who plays which part", "The group that wins"):
        app = choose(app, view)
    assert "1 person" in " ".join(one.label for one in app.button)


def test_two_groups_are_compared(root):
    save_segment(root, "Sample", "ICP", ICP)
    app = opened("explore/compare", group_a="ICP")
    assert app.selectbox(key="group_a").value == "ICP"
    for view in ("Map", "Step by step"):
        app = choose(app, view)
    choose(choose(app, "Two periods"), "Stages")


@pytest.mark.usefixtures("root")
def test_one_day_is_not_parted_into_periods():
    day = {"from": "2025-03-03", "to": "2025-03-03"}
    app = choose(opened("explore/compare", **day), "Two periods")
    assert [one.value.split(",")[0] for one in app.info] == ["All touchpoints are of one day"]


def test_a_segment_is_built_without_code(root):
    app = opened("explore/segment_builder")
    app.multiselect(key="build:attributes").set_value(["industry"]).run()
    app.multiselect(key="build:value:industry").set_value(["Logistics"]).run()
    app = checked(app.multiselect(key="build:never:touchpoint").set_value(["Demo held"]).run())
    assert "Industry Logistics; never had Demo held" in said(app).replace("\\", "")
    app = checked(app.button(key="build:save").click().run())
    kept = load_segments(root, "Sample")["My segment"]
    assert kept.never == (("touchpoint", ("Demo held",)),)
    app = checked(app.button(key="remove:My segment").click().run())
    assert load_segments(root, "Sample") == {}


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("explore/segments", "Win rates by industry run from 0% in Education to 18% in Logistics"),
        (
            "explore/ideal_customer",
            "Ideal customers are 10% of known accounts and 30% of their wins",
        ),
        ("explore/personas", "With Operations Director 19% of 372 journeys are won"),
        ("explore/compare", "Won and All others differ at 4 of 5 stages"),
        ("explore/feelings", "The mood falls most from Convert to Expand"),
        ("act/nurture", "21 MQLs in June 2026, 17 the month before"),
        ("decide/attribution", "Sales gets most credit by 5 of 7 models"),
    ],
)
@pytest.mark.usefixtures("root")
def test_a_page_has_its_message_for_a_title(page, message):
    assert [one.value.replace("\\", "") for one in opened(page).title] == [message]


@pytest.mark.usefixtures("root")
def test_where_there_is_no_message_the_title_is_the_name_of_the_page():
    few = {"where.industry": "Education"}  # 32 accounts, none won
    names = {"segments": "Segments", "ideal_customer": "Ideal customer", "personas": "Personas"}
    for page, name in names.items():
        assert opened(f"explore/{page}", **few).title[0].value == name
    assert opened("decide/attribution", **few).title[0].value == "Attribution"


def test_a_saved_segment_is_changed_under_its_name(root):
    saved = Segment(
        profile=(("industry", ("Logistics", "Retail")),),
        has=(("touchpoint", ("Demo held",)), ("channel", ("E-mail",))),
        never=(("touchpoint", ("Closed lost", "Careers page")),),
        reached=("Nurture",),
        outcomes=("won", "stalled"),
        least_touchpoints=3,
        most_people=6,
        first_day=date(2025, 1, 1),
        until="decision",
    )
    save_segment(root, "Sample", "Shops", saved)
    app = opened("explore/segment_builder")
    app = checked(app.button(key="change:Shops").click().run())
    assert "Saving replaces the segment of that name." in said(app)
    checked(app.button(key="build:save").click().run())
    assert load_segments(root, "Sample") == {"Shops": saved}
    app.multiselect(key="build:value:industry").set_value(["Retail"]).run()
    checked(app.button(key="build:save").click().run())
    changed = replace(saved, profile=(("industry", ("Retail",)),))
    assert load_segments(root, "Sample") == {"Shops": changed}


@pytest.mark.parametrize(
    "segment",
    [
        Segment(has=(("touchpoint", ("Demo held", "Sales call")),)),  # either of them
        Segment(has=(("campaign", ("Spring",)),)),
        Segment(profile=(("industry", ("Mining",)),)),
        Segment(reached=("Renewal",)),
    ],
    ids=str,
)
def test_what_the_choices_cannot_show_is_only_removed(root, segment):
    save_segment(root, "Sample", "Odd", segment)
    app = opened("explore/segment_builder")
    assert not [one for one in app.button if one.key == "change:Odd"]
    checked(app.button(key="remove:Odd").click().run())
    assert load_segments(root, "Sample") == {}


def test_a_segment_removed_while_it_filters_frees_the_pages(root):
    save_segment(root, "Sample", "ICP", ICP)
    app = opened("explore/segment_builder", segment="ICP")
    assert "114 of 2,100 journeys" in said(app)
    app = checked(app.button(key="remove:ICP").click().run())
    assert "The segment 'ICP' is gone" in said(app)
    assert "2,100 journeys" in said(app)
    assert "segment" not in app.query_params


def test_a_segment_that_nobody_is_in_leads_out_of_every_page(root):
    save_segment(root, "Sample", "Nobody", Segment(outcomes=("won",), most_touchpoints=0))
    for page in ("explore/journey_map", "explore/stages", "act/stalled_accounts"):
        app = opened(page, segment="Nobody")
        assert "No journeys match" in said(app)
        app = checked(app.button(key="empty:segment").click().run())
        assert "2,100 journeys" in said(app)
    app = opened("explore/compare", group_a="Nobody")
    assert "No journey in view is in Nobody." in said(app)


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "[a](javascript:b)", "../x", ""])
def test_a_segment_takes_no_name_that_is_none(root, name):
    app = opened("explore/segment_builder")
    app.text_input(key="build:name").set_value(name)
    app = pages.checked(app.button(key="build:save").click().run())
    assert "can't be used" in said(app)
    assert load_segments(root, "Sample") == {}


def test_a_segment_filters_attribution_and_the_list_of_stalled_accounts(root):
    save_segment(root, "Sample", "ICP", ICP)
    log = journey.open_log(root / "datasets" / "Sample")
    inside = journey.keep_segment(log, ICP)
    stand = journey.outcomes(inside).set_index("outcome")["n_journeys"]
    app = opened("act/stalled_accounts", segment="ICP")
    assert app.title[0].value.startswith(f"{stand['stalled']} accounts with ")
    assert len(app.dataframe[0].value) == stand["stalled"]
    assert f"All wins **{stand['won']}**" in " ".join(
        one.label for one in opened("decide/attribution", segment="ICP").button
    )
