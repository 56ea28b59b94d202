"""One spelling per value.

Values are cleaned once per distinct value, not once per row: a small table of those that change
is made for each column, and rows are joined to it only where there is any.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from journey.ingest.sql import identifier, literal

EMPTY_WORDS: Final = (
    *("", "null", "NULL", "Null", "nan", "NaN", "n/a", "N/A", "#N/A", "#n/a"),
    *("none", "None", "NONE"),
)
"""Written for 'nothing'. Not 'NA', an id and a country; not 'unknown', which is a value."""

_EDGES = r"^[\s\p{Z}\p{Cc}\x{FEFF}]+|[\s\p{Z}\p{Cc}\x{FEFF}]+$"
# Most values are such, and need nothing of the below.
_PLAIN = r"[!-~]+(?: [!-~]+)*"
_BLANKS = r"[\s\p{Z}\p{Cc}\x{FEFF}]+"

_NUMBER = (
    r"^(?:[A-Za-z]{0,3}\p{Sc} ?|[A-Za-z]{2,3}\.? ?)?"
    r"([-+]?(?:[0-9]{1,3}(?:[ \x{A0}\x{202F}'][0-9]{3})+(?:[.,][0-9]+)?"
    r"|[0-9.,]+(?:[eE][+-]?[0-9]+)?))"
    r"(?: ?(?:\p{Sc}|%|[A-Za-z]{2,3}))?$"
)
_DIGIT_GAPS = r"[ \x{A0}\x{202F}']"

Kind = Literal["text", "id"]


def cleaned_sql(value: str, kind: Kind) -> str:
    """SQL that trims a text, collapses its white space and composes its letters (Unicode NFC).

    Ids are only trimmed, and e-mail addresses put in lower case.
    """
    words = ", ".join(literal(word) for word in EMPTY_WORDS)
    trimmed = f"regexp_replace({value}, {literal(_EDGES)}, '', 'g')"
    if kind == "id":
        plain, clean = _lower_addresses(value), _lower_addresses(trimmed)
    else:
        plain = value
        clean = f"nfc_normalize(regexp_replace({trimmed}, {literal(_BLANKS)}, ' ', 'g'))"
    return (
        f"CASE WHEN regexp_full_match({value}, {literal(_PLAIN)}) "
        f"THEN CASE WHEN {value} NOT IN ({words}) THEN {plain} END "
        f"WHEN {trimmed} NOT IN ({words}) THEN {clean} END"
    )


def _lower_addresses(value: str) -> str:
    return f"CASE WHEN contains({value}, '@') THEN lower({value}) ELSE {value} END"


def make_spellings(
    connection: duckdb.DuckDBPyConnection,
    *,
    name: str,
    sources: Sequence[tuple[str, str]],
    kind: Kind,
) -> int:
    """Make the table ``name`` of the values of some columns that have to be written otherwise.

    Parameters
    ----------
    name
        The table to make: ``written`` (as in the file) and ``meant``.
    sources
        Pairs of table and column that hold values of one sort.
    kind
        Variants in case and white space of a text get the spelling most rows have, then the
        first in binary order.

    Returns
    -------
    int
        How many values change; if none does, there is no table.
    """
    return spell_counted(connection, name=name, counted=counted_sql(sources), kind=kind)


def counted_sql(sources: Sequence[tuple[str, str]]) -> str:
    """A query of the values of some columns: each one ``written``, and ``n`` that are."""
    union = " UNION ALL ".join(
        f"SELECT {identifier(column)} AS written FROM {identifier(table)}"
        for table, column in sources
    )
    return (
        f"SELECT written, count(*) AS n FROM ({union}) WHERE written IS NOT NULL GROUP BY written"
    )


def are_as_meant(values: pa.StringArray, kind: Kind) -> bool:
    """Whether distinct texts are plain and no two of them variants: so none has to be spelled.

    Most columns are such, and the database need not be asked about these.

    Examples
    --------
    >>> are_as_meant(pa.array(["Ad click", "Demo"]), "text")
    True
    >>> [are_as_meant(pa.array(texts), "text") for texts in (["Ad", "ad"], [" Ad"], ["n/a"])]
    [False, False, False]
    """
    plain = pc.match_substring_regex(values, f"^(?:{_PLAIN})$")
    words = pc.is_in(values, value_set=pa.array(EMPTY_WORDS))
    if pc.any(pc.or_(pc.invert(plain), words)).as_py():
        return False
    folded = pc.ascii_lower(values)
    if kind == "text":
        return pc.count_distinct(folded).as_py() == len(values)
    is_lower = pc.equal(values, folded)
    return not pc.any(pc.greater(pc.match_substring(values, "@"), is_lower)).as_py()


def spell_counted(
    connection: duckdb.DuckDBPyConnection, *, name: str, counted: str, kind: Kind
) -> int:
    """Make the table of :func:`make_spellings` of values counted already.

    Parameters
    ----------
    counted
        A query of each value once as ``written``, and ``n`` that are.
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {identifier(name)} AS {_spellings_sql(counted, kind)}"
    )
    ((n_changed,),) = connection.execute(f"SELECT count(*) FROM {identifier(name)}").fetchall()
    if not n_changed:
        connection.execute(f"DROP TABLE {identifier(name)}")
    return int(n_changed)


def _spellings_sql(counted: str, kind: Kind) -> str:
    """A query of the values that are meant otherwise than ``written`` in another query."""
    meant = "clean" if kind == "id" else "COALESCE(chosen.meant, clean)"
    return f"""
    WITH counted AS ({counted}),
    cleaned AS MATERIALIZED (
        SELECT written, {cleaned_sql("written", kind)} AS clean, lower(clean) AS fold, n
        FROM counted),
    varied AS (
        SELECT fold FROM cleaned WHERE fold IS NOT NULL GROUP BY fold HAVING count(*) > 1),
    spelled AS (
        SELECT fold, clean, sum(n) AS n FROM cleaned SEMI JOIN varied USING (fold)
        GROUP BY ALL),
    chosen AS (
        SELECT fold, first(clean ORDER BY n DESC, clean) AS meant FROM spelled GROUP BY fold)
    SELECT written, {meant} AS meant FROM cleaned LEFT JOIN chosen USING (fold)
    WHERE {meant} IS DISTINCT FROM written
    """


def spelled_sql(table: str, columns: Iterable[str], spellings: Mapping[str, str]) -> str:
    """A query that gives a table with its values as they are meant.

    Parameters
    ----------
    spellings
        Column to the table that :func:`make_spellings` made for it; others stay as they are.
    """
    selected: list[str] = []
    joins: list[str] = []
    for position, column in enumerate(columns):
        quoted = identifier(column)
        if column not in spellings:
            selected.append(f"t.{quoted}")
            continue
        alias = f"s{position}"
        joins.append(
            f"LEFT JOIN {identifier(spellings[column])} {alias} ON t.{quoted} = {alias}.written"
        )
        selected.append(
            f"CASE WHEN {alias}.written IS NULL THEN t.{quoted} ELSE {alias}.meant END AS {quoted}"
        )
    return f"SELECT {', '.join(selected)} FROM {identifier(table)} t {' '.join(joins)}"


def number_sql(value: str) -> str:
    """SQL that reads a finite number with a decimal point or comma, or gives null.

    The last of ``.`` and ``,`` parts the decimals if both are there. One alone does too, unless
    it stands several times or a comma comes before exactly three digits. A currency or a
    percent sign beside the number is passed over.
    """
    found = f"regexp_extract(trim({value}), {literal(_NUMBER)}, 1)"
    text = f"regexp_replace({found}, {literal(_DIGIT_GAPS)}, '', 'g')"
    point = f"TRY_CAST(replace({text}, ',', '') AS DOUBLE)"
    comma = f"TRY_CAST(replace(replace({text}, '.', ''), ',', '.') AS DOUBLE)"
    number = (
        f"COALESCE(TRY_CAST({value} AS DOUBLE), CASE "
        f"WHEN regexp_full_match({text}, '[-+]?[0-9]{{1,3}}([.][0-9]{{3}}){{2,}}') THEN {comma} "
        f"WHEN regexp_full_match({text}, '[-+]?[1-9][0-9]{{0,2}}(,[0-9]{{3}})+([.][0-9]*)?') "
        f"THEN {point} "
        f"WHEN regexp_full_match({text}, '[-+]?[0-9.]*,[0-9]*') THEN {comma} "
        f"ELSE {point} END)"
    )
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def plain_number_sql(value: str) -> str:
    """SQL of the same where all numbers are written in the plain way, as ``-12.5``."""
    number = f"TRY_CAST({value} AS DOUBLE)"
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def direction_sql(value: str) -> str:
    """SQL of what a customer did against what they were shown; null for other words."""
    did = "'did', 'click', 'engagement', 'inbound', 'action'"
    shown = "'was shown', 'shown', 'impression', 'exposure', 'view-through', 'outbound', 'sent'"
    return (
        f"CASE WHEN lower({value}) IN ({did}) THEN 'did' "
        f"WHEN lower({value}) IN ({shown}) THEN 'was shown' END"
    )
