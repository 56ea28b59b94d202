import duckdb
import pytest

from journey.ingest.formats.table import RawTable
from journey.ingest.presets.braces import has_braces


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("a", "b"), False),
        (("a", " [{'plan': 'pro'}]"), True),
        (('{"a": 1}', None), True),
        ((None, None), False),
        (("[]", "}"), False),
    ],
)
def test_a_brace_anywhere_is_seen(cells, expected):
    with duckdb.connect() as connection:
        connection.execute('CREATE TABLE raw_0 (source_row BIGINT, "a b" VARCHAR, c VARCHAR)')
        connection.execute("INSERT INTO raw_0 VALUES (1, ?, ?)", cells)
        table = RawTable("a.csv", "raw_0", ("a b", "c"), 1, (), 0, ())
        assert has_braces(connection, table) is expected
