"""Dates with months by name, in any of many languages, as ISO dates."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

import duckdb

from journey.ingest.sql import literal

LANGUAGES: Final = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sk", "ro", "hu", "sv", "da", "nb"),
    *("fi", "tr", "id", "ru", "uk", "bg", "el", "th", "ms", "ca"),
)
"""Whose month names are known, the likeliest first."""

_ALSO: Final = {
    "de": {"mrz": 3, "maerz": 3, "jänner": 1, "jän": 1, "feber": 2},
    "es": {"set": 9, "setiembre": 9},
    "id": {"agt": 8},
}
"""Spellings in use that the Unicode locale data don't have."""

_SHORT: Final = ("en", "de", "fr", "es", "nl")
"""Whose short names are no words of other languages."""

_ALSO_WORDS: Final = {"mac", "mart"}
_SHORTEST: Final = 3
_MOST_WORDS: Final = 2_000
_WORD: Final = r"\p{L}[\p{L}\p{M}.]+"
_LIKE_A_DATE: Final = r"\d\D{2,30}\d{2}|^\D{3,30}\d{1,2}\D{1,3}\d{4}"
_LONGEST: Final = 60
_CONNECTED: Final = r"(?:de |del |di |d['\x{2019}])?"
_YEAR: Final = r"(?:พ\.?ศ\.? ?|ค\.?ศ\.? ?)?(\d{4}|\d{2})"
_CLOSING: Final = r"(?: ?(?:Uhr|uur|h|น\.?|г\.?|ч\.?))?"  # noqa: RUF001 - Cyrillic is meant
_TIME: Final = rf"(?:\D{{0,12}}?(\d{{1,2}}[:.h]\d{{2}}.*?){_CLOSING}|\D{{0,3}})$"


@dataclass(frozen=True)
class MonthNames:
    """Names of months in one language, lower case, with the number of each."""

    language: str
    numbers: tuple[tuple[str, int], ...]

    @property
    def in_english(self) -> str:
        """What the language is called."""
        from babel import Locale

        return str(Locale.parse(self.language).english_name)


@cache
def _names(language: str) -> dict[str, int]:
    """Every name, abbreviation and beginning of a name that means one month only."""
    from babel.dates import get_month_names

    found: dict[str, set[int]] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, context, language).items():
                for spelled in _spellings(name):
                    found.setdefault(spelled, set()).add(number)
    unclear = {name for name, numbers in found.items() if len(numbers) > 1}
    names = {name: min(numbers) for name, numbers in found.items() if name not in unclear}
    return names | _ALSO.get(language, {})


def _spellings(name: str) -> set[str]:
    """A name as it may be written: without dots or accents, or cut short."""
    lower = name.lower()
    whole = {lower, lower.replace(".", ""), lower.rstrip(".")}
    if lower.isascii() or "LATIN" in unicodedata.name(lower[0]):
        bare = lower.replace(".", "")
        whole |= {bare[:length] for length in range(_SHORTEST, len(bare))}
    return whole | {_unaccented(spelled) for spelled in whole}


def _unaccented(name: str) -> str:
    if "LATIN" not in unicodedata.name(name[0]):
        return name
    parts = unicodedata.normalize("NFD", name)
    return "".join(part for part in parts if not unicodedata.combining(part))


@cache
def months_alone() -> frozenset[str]:
    """Names of months as they stand alone, in all languages, as far as they mean nothing else."""
    from babel.dates import get_month_names

    names = set(_ALSO["de"])
    for language in LANGUAGES:
        names |= {*get_month_names("wide", "stand-alone", language).values()}
    for language in _SHORT:
        names |= {*get_month_names("abbreviated", "stand-alone", language).values()}
    lower = {name.lower().rstrip(".") for name in names} - _ALSO_WORDS
    return frozenset(lower | {_unaccented(name) for name in lower})


def choose_language(words: Iterable[str]) -> MonthNames | None:
    """Choose the language in which most of some words are months; none if that is English.

    Examples
    --------
    >>> choose_language(["märz", "dez.", "mai"]).language
    'de'
    >>> choose_language(["may", "december"]) is None
    True
    """
    unique = set(words)
    best, n_best = "en", sum(word in _names("en") for word in unique)
    for language in LANGUAGES:
        n_known = sum(word in _names(language) for word in unique)
        if n_known > n_best:
            best, n_best = language, n_known
    if best == "en":
        return None
    return MonthNames(best, tuple(sorted(_names(best).items())))


def find_month_names(
    connection: duckdb.DuckDBPyConnection, source: str, value: str
) -> MonthNames | None:
    """Find the language of the months in a column; none if there are none, or English ones."""
    rows = connection.execute(
        f"SELECT DISTINCT unnest(regexp_extract_all(lower(x), {literal(_WORD)})) FROM "
        f"(SELECT trim({value}) AS x FROM {source}) "
        f"WHERE {is_like_date_sql('x')} AND regexp_matches(x, '\\p{{L}}{{2}}') LIMIT {_MOST_WORDS}"
    ).fetchall()
    return choose_language(str(row[0]) for row in rows) if rows else None


def is_like_date_sql(value: str) -> str:
    """SQL that tells whether a text has numbers and words as a date with a month has."""
    return f"(length({value}) < {_LONGEST} AND regexp_matches({value}, {literal(_LIKE_A_DATE)}))"


def iso_sql(value: str, names: MonthNames) -> str:
    """SQL that writes a date with a month of some language as ``YYYY-MM-DD``, time after it.

    Other texts stay as they are. Two digits of a Thai year are of the Buddhist era.
    """
    listed = "|".join(
        re.escape(name).replace("\\ ", " ")
        for name, _ in sorted(names.numbers, key=lambda pair: -len(pair[0]))
    )
    word = rf"({listed})\.?"
    patterns = {
        rf"(?i)^\D*?(\d{{1,2}})\D{{0,3}}? ?{_CONNECTED}{word}[\s.,/-]*{_CONNECTED}{_YEAR}{_TIME}": (
            *("d", "m", "y", "t"),
        ),
        rf"(?i)^\D*?\b{word}[\s/-]*(\d{{1,2}}),? ?{_CONNECTED}{_YEAR}{_TIME}": ("m", "d", "y", "t"),
        rf"(?i)^(\d{{4}})[\s./-]*{word}[\s./-]*(\d{{1,2}}){_TIME}": ("y", "m", "d", "t"),
    }
    written = value
    for pattern, groups in reversed(patterns.items()):
        found = f"regexp_extract({value}, {literal(pattern)}, {list(groups)})"
        # Bound to a name, the parts are looked for once.
        chosen = f"CASE WHEN p.m = '' THEN {written} ELSE {_written('p', names)} END"
        written = f"list_transform([{found}], lambda p: {chosen})[1]"
    return written


def _written(parts: str, names: MonthNames) -> str:
    """SQL of an ISO date out of its parts."""
    words = ", ".join(literal(name) for name, _ in names.numbers)
    numbers = ", ".join(str(number) for _, number in names.numbers)
    month = f"([{numbers}])[list_position([{words}], lower({parts}.m))]"
    year = f"TRY_CAST({parts}.y AS INTEGER)"
    short = (
        f"2500 + {year}"
        if names.language == "th"
        else f"{year} + CASE WHEN {year} < 69 THEN 2000 ELSE 1900 END"
    )
    time = f"regexp_replace({parts}.t, '^(\\d{{1,2}})[.h](\\d{{2}})', '\\1:\\2')"
    return (
        f"rtrim(printf('%04d-%02d-%02d ', CASE WHEN {year} < 100 THEN {short} ELSE {year} END, "
        f"{month}, TRY_CAST({parts}.d AS INTEGER)) || {time})"
    )
