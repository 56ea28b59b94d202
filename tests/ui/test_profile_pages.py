"""Ideal customer, personas, segments and comparisons on the screen."""

import shutil

import pytest
import streamlit as st

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
    assert any("segment: Gone" in one.value.replace("\\", "") for one in app.info)


def test_a_changed_segment_is_counted_anew(root):
    save_segment(root, "Sample", "ICP", ICP)
    app = opened("explore/overview", segment="ICP")
    save_segment(root, "Sample", "ICP", Segment(profile=(("industry", ("Logistics",)),)))
    assert "159 of 2,100 journeys" in said(checked(app.run()))


def test_notes_stay_with_their_persona(root):
    app = opened("explore/personas", state={"notes-of:Operations Director": True})
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
