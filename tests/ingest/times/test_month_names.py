import duckdb
import pytest

from journey.ingest.times.month_names import (
    choose_language,
    find_month_names,
    iso_sql,
    months_alone,
)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


def written(connection, texts):
    connection.execute("CREATE OR REPLACE TEMP TABLE texts (n INTEGER, x VARCHAR)")
    connection.executemany("INSERT INTO texts VALUES (?, ?)", list(enumerate(texts)))
    names = find_month_names(connection, "texts", "x")
    rows = connection.execute(f"SELECT {iso_sql('x', names)} FROM texts ORDER BY n").fetchall()
    return names.language, [row[0] for row in rows]


@pytest.mark.parametrize(
    ("language", "texts", "expected"),
    [
        (
            "de",
            ["5. März 2023", "05.Mrz.2023", "3. Dez. 23", "Montag, 1. Mai 2023 um 10:20 Uhr"],
            ["2023-03-05", "2023-03-05", "2023-12-03", "2023-05-01 10:20"],
        ),
        (
            "fr",
            ["31 janv. 2023", "1er févr. 2023", "15 aout 2023 à 14h30", "lundi 2 juin 2023"],
            ["2023-01-31", "2023-02-01", "2023-08-15 14:30", "2023-06-02"],
        ),
        (
            "es",
            ["31 de enero de 2023 a las 10:20", "enero 31, 2023", "31-dic-2023"],
            ["2023-01-31 10:20", "2023-01-31", "2023-12-31"],
        ),
        ("it", ["31 gennaio 2023", "1º maggio 2023"], ["2023-01-31", "2023-05-01"]),
        ("pt", ["5 de março de 2023 às 10:20", "31/dez/2023"], ["2023-03-05 10:20", "2023-12-31"]),
        ("nl", ["31 mrt 2023", "1 maart 2023 om 10:20"], ["2023-03-31", "2023-03-01 10:20"]),
        (
            "pl",
            ["15 lipca 2023", "9 października 2023 10:20:30", "3 wrz 2023"],
            ["2023-07-15", "2023-10-09 10:20:30", "2023-09-03"],
        ),
        (
            "th",
            ["31 มกราคม 2566", "วันอังคารที่ 31 ม.ค. 66 เวลา 10:20 น."],
            ["2566-01-31", "2566-01-31 10:20"],
        ),
        (
            "id",
            ["31 Januari 2023 pukul 10.20", "5 Agt 2023", "17 Des 2023"],
            ["2023-01-31 10:20", "2023-08-05", "2023-12-17"],
        ),
        (
            "ru",
            ["31 января 2023 г.", "5 мая 2023, 10:20", "1 сент. 2023 г., 14:05:06"],  # noqa: RUF001 - Cyrillic
            ["2023-01-31", "2023-05-05 10:20", "2023-09-01 14:05:06"],
        ),
        ("hu", ["2023. január 31.", "2023. márc. 5. 10:20"], ["2023-01-31", "2023-03-05 10:20"]),
        ("tr", ["5 Oca 2023", "1 Şubat 2023 10:20"], ["2023-01-05", "2023-02-01 10:20"]),
        ("sv", ["5 mars 2023 kl. 10:20", "7 okt 2023"], ["2023-03-05 10:20", "2023-10-07"]),
    ],
)
def test_months_by_name_become_numbers(connection, language, texts, expected):
    assert written(connection, texts) == (language, expected)


def test_what_is_no_date_with_a_name_stays(connection):
    texts = ["31 janv. 2023", "2023-01-31", "soon", None, "31 foo 2023"]
    _, found = written(connection, texts)
    assert found == ["2023-01-31", *texts[1:]]


def test_offsets_and_halves_of_the_day_stay_with_the_time(connection):
    texts = ["31 janv. 2023 10:20:30 +01:00", "5 févr. 2023 3:05 PM"]
    _, found = written(connection, texts)
    assert found == ["2023-01-31 10:20:30 +01:00", "2023-02-05 3:05 PM"]


def test_english_and_plain_words_need_no_language():
    assert choose_language([]) is None
    assert choose_language(["jan", "may", "december"]) is None
    assert choose_language(["visited", "page"]) is None


def test_the_language_is_the_one_that_explains_most_words():
    # March is mars in French and Swedish; only French has août.
    assert choose_language(["mars", "août"]).language == "fr"
    assert choose_language(["mars", "augusti"]).language == "sv"


def test_months_alone_are_no_words_for_what_happened():
    assert {"january", "märz", "marz", "dez", "sept", "styczeń", "январь"} <= months_alone()
    assert not {"out", "set", "list", "mac", "visits"} & months_alone()
