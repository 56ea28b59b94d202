import math
from xml.sax.saxutils import unescape

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st

from journey.charts.flows.step_sankey import step_sankey
from journey.charts.svg import (
    ELLIPSIS,
    NO_NAME,
    Picture,
    clip,
    coordinate,
    document,
    element,
    escape,
    hit,
    isolated,
    label,
    printable,
    text_width,
    wrap,
)
from journey.charts.theme import TOKENS
from tests.charts.sample_frames import STAGES, sequences, step_flows

names = st.text(max_size=80)


def letters(text):
    return "".join(text.split())


@given(names)
def test_escaped_text_is_well_formed_in_text_and_attributes(name):
    parsed = ElementTree.fromstring(f'<a b="{escape(name)}">{escape(name)}</a>')
    assert not list(parsed)
    assert list(parsed.attrib) == ["b"]
    assert parsed.get("b") == parsed.text or not parsed.text


def test_escaping_keeps_tabs_and_newlines_of_identifiers():
    written = escape("a\tb\nc\rd")
    assert ElementTree.fromstring(f'<a b="{written}"/>').get("b") == "a\tb\nc\rd"


def test_escaping_drops_only_what_xml_cannot_hold():
    assert unescape(escape("a\x00b\x0b\ud800\ufffec"), {"&quot;": '"'}) == "abc"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", NO_NAME),
        (" \t\n", NO_NAME),
        ("\x00\x07", NO_NAME),
        ("a\tb\nc", "a b c"),
        ("abc\u202edef", "abcdef"),
        ("  two   words ", "two words"),
    ],
)
def test_names_are_shown_on_one_line_without_controls(name, shown):
    assert printable(name) == shown


def test_width_grows_with_size_and_letters_and_counts_no_marks():
    assert text_width("ab", 20) == pytest.approx(2 * text_width("ab", 10))
    assert text_width("ab", 10) == pytest.approx(text_width("a", 10) + text_width("b", 10))
    assert text_width("定", 10) > text_width("a", 10)
    assert text_width("e\u0301", 10) == text_width("e", 10)


@given(names, st.integers(40, 300), st.integers(1, 3))
def test_wrapped_lines_fit_and_lose_nothing_unsaid(name, width, lines):
    wrapped = wrap(name, width, 12, lines)
    assert 1 <= len(wrapped) <= lines
    assert all(text_width(line, 12) <= width for line in wrapped)
    kept, whole = letters("".join(wrapped)), letters(printable(name))
    if wrapped[-1].endswith(ELLIPSIS) and kept != whole:
        assert whole.startswith(kept.removesuffix(ELLIPSIS))
    else:
        assert kept == whole


def test_wrapping_is_even_and_breaks_between_words():
    assert wrap("Google search ad", 100, 12) == ["Google", "search ad"]
    assert wrap("Sales call", 200, 12) == ["Sales call"]
    assert wrap("产品演示预约价格", 60, 12) == ["产品演示", "预约价格"]


def test_a_mark_stays_with_its_letter_where_a_name_is_cut():
    # Thai: each cluster is a consonant and the vowel written above it.
    cluster = "กิ"
    cut = clip(cluster * 40, 80, 12)
    assert cut.endswith(ELLIPSIS)
    assert cut.removesuffix(ELLIPSIS) == cluster * (len(cut) // 2)


@given(names, st.integers(20, 200))
def test_clipped_text_fits(name, width):
    assert text_width(clip(name, width, 12), 12) <= width


def test_right_to_left_names_are_kept_apart_in_sentences():
    assert isolated("Demo") == "Demo"
    assert isolated("عرض") == "\u2068عرض\u2069"


@pytest.mark.parametrize(
    ("value", "written"), [(1.0, "1"), (-0.01, "0"), (2.25, "2.2"), (-3.5, "-3.5"), (10, "10")]
)
def test_coordinates_are_short(value, written):
    assert coordinate(value) == written


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_coordinate_must_be_finite(value):
    with pytest.raises(ValueError, match="finite"):
        coordinate(value)


def test_elements_escape_their_attributes_and_text():
    drawn = element("g", {"data-id": '"><script>'}, label("<b>", {"x": 1.04}))
    parsed = ElementTree.fromstring(drawn)
    assert parsed.get("data-id") == '"><script>'
    assert [(part.tag, part.text, part.get("x")) for part in parsed] == [("text", "<b>", "1")]


def test_parts_that_can_be_clicked_can_be_reached_and_named():
    attributes = hit("node", "a\nb", "a\nb, 3 touchpoints")
    assert attributes["role"] == "button"
    assert attributes["tabindex"] == "0"
    assert attributes["data-id"] == "a\nb"
    assert attributes["aria-label"] == "a b, 3 touchpoints"
    assert "hit" in attributes["class"].split()


def test_a_document_scales_and_says_what_it_is():
    picture = document("", size=(100, 50), classes="x dark", style=".a{}", title="T", alt="A.")
    root = ElementTree.fromstring(picture.svg)
    assert root.get("viewBox") == "0 0 100 50"
    assert root.get("width") == "100%"
    assert root.get("aria-label") == "T A."
    assert "dark" in root.get("class").split()
    assert isinstance(picture, Picture)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_saved_drawing_stands_alone_with_its_size_and_colours(tmp_path, theme):
    picture = step_sankey(step_flows(sequences(60), steps=3), stages=STAGES)
    saved = picture.save(tmp_path / "x.svg", theme=theme).read_text(encoding="utf-8")
    root = ElementTree.fromstring(saved)
    assert (root.get("width"), root.get("height")) == (str(picture.width), str(picture.height))
    assert root.get("viewBox") == f"0 0 {picture.width} {picture.height}"
    assert "var(--" not in saved
    assert TOKENS[theme]["ink"] in saved
