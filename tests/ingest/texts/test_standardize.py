import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.ingest.texts.standardize import (
    EMPTY_WORDS,
    direction_sql,
    make_spellings,
    number_sql,
    spelled_sql,
)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


def spelled(connection, values, kind="text"):
    connection.execute("CREATE OR REPLACE TABLE texts (n INTEGER, x VARCHAR)")
    connection.executemany("INSERT INTO texts VALUES (?, ?)", list(enumerate(values)))
    n_changed = make_spellings(connection, name="s", sources=[("texts", "x")], kind=kind)
    query = spelled_sql("texts", ["n", "x"], {"x": "s"} if n_changed else {})
    return [x for _, x in connection.execute(f"SELECT * FROM ({query}) ORDER BY n").fetchall()]


def test_white_space_and_composed_letters_make_no_difference(connection):
    values = ["  Café\tvisit ", "Cafe\u0301 visit", "Café\u00a0 visit"]
    assert spelled(connection, values) == ["Café visit"] * 3


def test_the_most_frequent_spelling_wins(connection):
    assert spelled(connection, ["demo", "Demo", "DEMO", "Demo"]) == ["Demo"] * 4


def test_among_equally_frequent_spellings_the_first_in_binary_order_wins(connection):
    assert spelled(connection, ["demo", "Demo"]) == ["Demo"] * 2
    assert spelled(connection, ["Demo", "demo"]) == ["Demo"] * 2


@pytest.mark.parametrize("kind", ["text", "id"])
def test_empty_words_are_null_and_others_are_values(connection, kind):
    assert spelled(connection, [*EMPTY_WORDS, " "], kind) == [None] * (len(EMPTY_WORDS) + 1)
    assert spelled(connection, ["NA", "unknown", "Nan", "0"], kind) == ["NA", "unknown", "Nan", "0"]


def test_ids_are_only_trimmed_and_mail_addresses_in_lower_case(connection):
    values = [" 007 ", "aB", "ab", "1e5", "Ann@Acme.com"]
    assert spelled(connection, values, "id") == ["007", "aB", "ab", "1e5", "ann@acme.com"]


@given(st.lists(st.text(alphabet="aAbB \tnul", max_size=6), min_size=1, max_size=12))
def test_spelling_again_changes_nothing(connection, values):
    once = spelled(connection, values)
    assert spelled(connection, once) == once
    assert len({value.lower() for value in once if value}) == len({v for v in once if v})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234.5", 1234.5),
        ("1,234.5", 1234.5),
        ("1.334,46", 1334.46),
        ("1.234.567", 1234567.0),
        ("1,234,567", 1234567.0),
        ("12,5", 12.5),
        ("0,125", 0.125),
        ("1,000", 1000.0),
        ("1 234,50 €", 1234.5),
        ("$1,200", 1200.0),
        ("EUR 12.50", 12.5),
        ("-3", -3.0),
        ("15 %", 15.0),
        ("1e3", 1000.0),
        ("nan", None),
        ("inf", None),
        ("Q1 2024", None),
        ("2024-01-02", None),
        ("abc", None),
        ("", None),
    ],
)
def test_numbers_of_many_countries(connection, text, number):
    row = connection.execute(f"SELECT {number_sql('x')} FROM (SELECT ? AS x)", [text]).fetchall()
    assert row == [(number,)]


def test_directions_have_two_words(connection):
    rows = connection.execute(
        f"SELECT {direction_sql('x')} FROM (VALUES ('Did'), ('Impression'), ('odd')) t(x)"
    ).fetchall()
    assert rows == [("did",), ("was shown",), (None,)]
