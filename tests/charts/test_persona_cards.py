"""Cards for a meeting: all that a persona is, what the team noted, hostile names among it."""

import html
import re

import pandas as pd
import pytest

from journey.charts import persona_cards
from journey.charts.persona_cards import COLUMNS, MOST_CARDS, NOTE_LINES
from journey.errors import ColumnNotFoundError

HOSTILE = "</text><script>alert(1)</script>&\x00\u202e"


def personas(n=1, **columns):
    values = {
        "persona": "Buyer",
        "seniority": "Director",
        "n_journeys": 100,
        "win_rate": 0.3,
        "rest_win_rate": 0.1,
        "chance": 0.001,
        "started_share": 0.2,
        "influenced_share": 0.25,
        "signed_share": 0.6,
        "used_share": 0.15,
        "median_place": 2.0,
        "typical_touchpoint": "Demo",
        "goals": "Save time",
        "motives": "",
    }
    return pd.DataFrame([values | columns for _ in range(n)])


def texts(picture):
    return [html.unescape(one) for one in re.findall("<text [^>]*>([^<]*)</text>", picture.svg)]


def test_a_card_says_what_a_persona_does_and_what_was_noted():
    assert texts(persona_cards(personas()))[2:] == [
        *(
            "Buyer",
            "Director",
            "30% of 100 won, 10% without",
            "Starts 20%, influences 25% of journeys",
        ),
        *("Signs 60%, uses 15% of wins", "Enters as number 2", "Typical: Demo"),
        *("Goals", "Save time"),
    ]


def test_what_is_not_known_is_left_out():
    bare = personas(seniority=None, median_place=float("nan"), typical_touchpoint=None, goals="")
    assert texts(persona_cards(bare))[-1] == "Signs 60%, uses 15% of wins"


def test_the_message_claims_no_more_than_chance_allows():
    assert persona_cards(personas(chance=0.2)).title == (
        "No role goes with more wins than chance could give"
    )


def test_hostile_names_and_long_notes_stay_words_on_their_card():
    picture = persona_cards(personas(2, persona=HOSTILE, goals="word " * 2_000, motives=HOSTILE))
    assert "<script" not in picture.svg
    found = texts(picture)
    assert found.count("Goals") == 2
    # The last line that fits says that there is more.
    notes = [line for line in found if line.startswith("word")]
    assert len(notes) == 2 * NOTE_LINES
    assert notes[NOTE_LINES - 1].endswith("…")


def test_only_the_first_are_drawn_three_a_row():
    few, many = (persona_cards(personas(n)) for n in (1, MOST_CARDS + 5))
    assert texts(many).count("Buyer") == MOST_CARDS
    assert many.height > 3 * few.height
    assert persona_cards(personas().iloc[:0]).height > 0


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(column):
    with pytest.raises(ColumnNotFoundError, match=column):
        persona_cards(personas().drop(columns=column))


def test_a_rate_of_few_journeys_is_grey():
    few, many = (persona_cards(personas(n_journeys=n)).svg for n in (29, 30))
    assert 'class="small-words"' in few.split("30% of 29 won")[0].rsplit("<text", 1)[1]
    assert 'class="lead"' in many.split("30% of 30 won")[0].rsplit("<text", 1)[1]
