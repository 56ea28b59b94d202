import pytest

from journey.ingest.sentiment.reading import read_text
from journey.schema import NO_FEELING, NOT_ENGLISH


def test_negation_and_degree_change_the_feeling():
    good, very, not_good = map(read_text, ("It is good", "It is very good", "It is not good"))
    assert not_good < 0 < good < very


def test_a_negation_ends_with_its_clause():
    assert read_text("They never answer, a terrible week") < 0


def test_the_mean_is_of_clauses_that_tell():
    # VADER: great 3.1 / sqrt(3.1^2 + 15) = 0.6249; the second clause has no word with a weight.
    assert read_text("The demo was great. We met on Monday") == 0.6249


def test_what_names_things_in_business_tells_nothing():
    assert read_text("Asked support to share the value of the opportunity") == NO_FEELING


@pytest.mark.parametrize("text", ["", "   ", "12", "https://great.example/love", "<p> </p>"])
def test_what_has_no_words_tells_nothing(text):
    assert read_text(text) == NO_FEELING


def test_markup_is_no_text_and_other_languages_are_not_read():
    assert read_text("<p class='bad'>We love&nbsp;it</p>") == read_text("We love it")
    assert read_text("Die Software ist super") == NOT_ENGLISH


def test_a_text_of_any_length_stays_in_range_and_is_read_soon():
    assert -1 <= read_text("great the awful " * 50_000) <= 1
