import pytest

from journey.ingest.sentiment.english import is_probably_english


@pytest.mark.parametrize(
    "text",
    [
        "The onboarding was quick and the team helped us.",
        "It’s fine",  # noqa: RUF001 - as phones write it
        "Great service!",
        "Impossible to reach anyone",
        "Great product",
        "Very helpful team",
        "Bad",
        "Support is slow",
        "Service was excellent",
        "Pricing too high",
        "Excellent",
        "Waste of time",
        "Met our goals, die hard fans now: we love the café",
    ],
)
def test_english_is_known(text):
    assert is_probably_english(text)


@pytest.mark.parametrize(
    "text",
    [
        "Der Support ist sehr langsam und niemand antwortet",
        "Le service est très lent",
        "El producto es muy bueno",
        "O produto não é bom",
        "Il prodotto non è buono",
        "Het product is heel goed",
        "Bardzo dobry produkt",
        "Produkten är inte bra",
        "Ürün çok iyi",
        "Товар отличный",
        "サポートが遅い",
        "Zahlreiche Verbesserungen wären dringend wünschenswert",  # words of none, but no English
        "Kasutajatugi vastas kiiresti meie küsimusele eile",  # a language without a list
        "Service war ausgezeichnet",
        "Team war super",
        "Problem behoben",
        "Problem in Bearbeitung",
        "Problem Software behoben",
        "Sin problemas",
        "No funciona",
        "Was kaputt",
        "12345 !!",
    ],
)
def test_other_languages_and_no_words_are_not_english(text):
    assert not is_probably_english(text)


@pytest.mark.parametrize("word", ["på", "med", "för", "av", "af", "til", "meget"])
def test_small_words_of_the_north_tell_another_language(word):
    assert is_probably_english("Great helpful answer now")
    assert not is_probably_english(f"Great helpful answer {word}")


@pytest.mark.parametrize("text", ["Great", "ok thanks", "Great Acme", "thx gr8"])
def test_few_words_are_of_the_language_of_their_column(text):
    assert is_probably_english(text, column=True)
    assert not is_probably_english(text, column=False)


def test_small_words_go_before_the_column():
    assert is_probably_english("It was a great call", column=False)
    assert not is_probably_english("Das war nicht gut", column=True)
