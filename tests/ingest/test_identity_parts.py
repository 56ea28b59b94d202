"""Entries related a part of the ids at a time are those related at once."""

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from journey.ingest.identity import keep_in_parts
from journey.rules.identity import IdentityRules
from tests.ingest.identity_rows import IDS, resolve

RULES = IdentityRules()
IDS_OF_ROWS = st.tuples(
    st.none() | st.integers(0, 5).map(str),
    st.none() | st.sampled_from(["a@big.com", "b@big.com", "c@gmail.com", "info@big.com"]),
    st.none() | st.integers(0, 5).map(str),
    st.none() | st.integers(0, 3).map(str),
)


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        yield opened


def known(connection):
    return connection.execute("SELECT * FROM known ORDER BY id").fetchall()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(IDS_OF_ROWS, min_size=1, max_size=12))
def test_parts_change_nothing(connection, tmp_path_factory, rows):
    resolve(connection, rows, RULES)
    at_once, folder = known(connection), tmp_path_factory.mktemp("parts [1]")
    keep_in_parts(connection, "touches", "known", folder, rules=RULES, ids=IDS, ids_at_once=2)
    assert known(connection) == at_once


def test_files_are_made_only_where_there_are_many(connection, tmp_path):
    # Two visitors are known by name, and four addresses and ids of people: 9 names at most.
    rows = [("1", "a@big.com", "7", "A"), ("2", "b@big.com", "8", "B"), ("1", None, None, None)]
    resolve(connection, rows, RULES)
    told = known(connection)
    keep_in_parts(connection, "touches", "known", tmp_path, rules=RULES, ids=IDS, ids_at_once=9)
    assert list(tmp_path.iterdir()) == []
    keep_in_parts(connection, "touches", "known", tmp_path, rules=RULES, ids=IDS, ids_at_once=3)
    assert len(list(tmp_path.iterdir())) > 1
    # The visit without a name is still Anna's, at her company.
    assert known(connection) == told
    assert ("a@big.com", "A") in {(row[-4], row[-3]) for row in told[2:]}
