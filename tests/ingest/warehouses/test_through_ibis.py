"""The road of BigQuery, Snowflake, ClickHouse and Databricks, driven with SQLite by Ibis."""

import importlib.util
import sqlite3
from contextlib import closing

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from journey.errors import ValueNotAllowedError, WarehouseError
from journey.ingest.warehouses import read_address
from journey.ingest.warehouses.address import Address
from journey.ingest.warehouses.clients import client
from journey.ingest.warehouses.selection import Condition, Measured, Wanted, read_relation
from journey.ingest.warehouses.tasks import _check_key, open_warehouse
from journey.ingest.warehouses.through_ibis import IbisWarehouse, opened

needs_ibis = pytest.mark.skipif(
    importlib.util.find_spec("ibis") is None, reason="Ibis is in requirements-warehouses.txt"
)


@pytest.fixture
def warehouse(tmp_path):
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE events (account TEXT, happened_at TIMESTAMP, amount INT)")
        hours = [(f"a{n % 3}", f"2026-01-01 0{n}:00:00", n) for n in range(10)]
        hours.append(("a0", "2190-01-01 00:00:00", 1))
        connection.executemany("INSERT INTO events VALUES (?, ?, ?)", hours)
        connection.commit()
    with opened(Address("sqlite", f"sqlite://{path}")) as found:
        yield found


def wanted(warehouse, relation, *where):
    columns = {column.name: column for column in warehouse.columns(relation)}
    return Wanted(relation, tuple(columns.values()), where, columns.get("happened_at"))


@needs_ibis
# Ibis 12 sets an option of pandas that pandas 3 has by itself.
@pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
class TestRows:
    def test_kinds_of_columns(self, warehouse):
        found = warehouse.columns(read_relation("events", None))
        kinds = [(column.name, column.kind) for column in found]
        assert kinds[:3] == [
            ("account", "other"),
            ("happened_at", "local time"),
            ("amount", "whole"),
        ]

    def test_the_mark_is_the_last_time_that_is_past(self, warehouse):
        relation = read_relation("events", None)
        after_four = Condition("amount", ">", "4")
        found = warehouse.measured(wanted(warehouse, relation, after_four))
        # Hours 5 to 9; the time to come has amount 1, so it is not wanted.
        assert found == Measured(5, "2026-01-01T09:00:00", 1)

    def test_conditions_and_columns_are_asked_for(self, warehouse):
        relation = read_relation("events", None)
        since = Condition("happened_at", ">=", "2026-01-01 08:00:00")
        account = Condition("account", "=", "a2")
        batches = list(warehouse.batches(wanted(warehouse, relation, since, account)))
        rows = [row for batch in batches for row in batch.to_pylist()]
        assert [(row["c0"], str(row["c1"]), row["c2"]) for row in rows] == [
            ("a2", "2026-01-01 08:00:00", 8)
        ]

    @pytest.mark.parametrize("dialect", ["bigquery", "snowflake", "clickhouse", "databricks"])
    def test_warehouses_are_asked_for_those_columns_and_rows_alone(self, dialect):
        """What is sent to each, as Ibis writes it: one SELECT with the condition in it."""
        ibis = client("ibis", purpose="A test")
        schema = {"account": "string", "at": "timestamp('UTC')", "note": "string"}
        table = ibis.table(schema, name="events")
        road = IbisWarehouse(ibis, None)
        conditions = [Condition("at", ">=", "2026-01-01"), Condition("account", "!=", "O'Brien")]
        held = [road._holds(table, condition) for condition in conditions]
        sent = str(ibis.to_sql(table.filter(held).select("account"), dialect=dialect))
        assert "note" not in sent
        assert sent.count("SELECT") == 1
        where = sent.partition("WHERE")[2]
        assert "2026" in where
        assert "O\\'Brien" in where or "O''Brien" in where

    def test_a_time_that_is_none(self, warehouse):
        soon = Condition("happened_at", ">=", "soon")
        with pytest.raises(ValueNotAllowedError, match="a time like 2026-03-31"):
            warehouse.measured(wanted(warehouse, read_relation("events", None), soon))

    def test_a_query(self, warehouse):
        relation = read_relation(None, "SELECT account, count(*) AS n FROM events GROUP BY 1")
        rows = [
            tuple(row.values())
            for batch in warehouse.batches(wanted(warehouse, relation))
            for row in batch.to_pylist()
        ]
        assert sorted(rows) == [("a0", 5), ("a1", 3), ("a2", 3)]

    @pytest.mark.parametrize(
        "query", ["SELECT 1 AS a; SELECT 2 AS b", "WITH x AS (SELECT 1) DELETE FROM events"]
    )
    def test_a_query_that_is_no_select(self, warehouse, query):
        with pytest.raises(WarehouseError, match="more than one SELECT"):
            warehouse.columns(read_relation(None, query))

    def test_no_such_table(self, warehouse):
        with pytest.raises(WarehouseError, match="Did you mean 'events'"):
            warehouse.columns(read_relation("evnts", None))


@needs_ibis
def test_a_missing_package_says_how_to_install_it():
    if importlib.util.find_spec("snowflake"):
        pytest.skip("Snowflake's package is installed.")
    address = read_address("snowflake://ada:s3cret@company/shop/public")
    how = r"pip install 'ibis-framework\[snowflake\]"
    with pytest.raises(WarehouseError, match=how) as told, open_warehouse(address):
        pass
    assert "s3cret" not in str(told.value)


def test_a_missing_client_says_how_to_install_it():
    with pytest.raises(WarehouseError, match=r"pip install -r requirements-warehouses\.txt"):
        client("no_such_client", purpose="PostgreSQL")


@pytest.mark.parametrize(
    "column",
    [
        pa.array([b"\xff", b"", None]),
        pa.array([[1], [], None]),
        pa.array([{"n": 1}, {"n": None}, None]),
        pa.array(["a", "b", ""], pa.large_string()),
        pa.array(["a", "a", ""]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_rows_without_a_key_are_counted_whatever_its_kind(tmp_path, column):
    pq.write_table(pa.table({"id": column}), tmp_path / "rows.parquet")
    with pytest.raises(ValueNotAllowedError, match=r"^1 row of deals without a value"):
        _check_key(tmp_path / "rows.parquet", "id", "deals")
