"""DuckDB and SQLite files."""

import sqlite3
from contextlib import closing
from urllib.parse import quote

import duckdb
import pytest

from journey.errors import ColumnNotFoundError, ValueNotAllowedError, WarehouseError
from journey.ingest import add_touchpoints, read_touchpoints, rebuild
from journey.ingest.kept.replaced import REPLACED
from journey.ingest.warehouses import (
    Selection,
    fetched,
    list_tables,
    origins,
    read_address,
    read_relation,
    refresh,
)
from journey.load import open_log

pytestmark = pytest.mark.usefixtures("in_this_process")

SINGLE = "(more than one SELECT|one statement)"
CREATE = {
    "duckdb": "CREATE TABLE events (account VARCHAR, happened_at TIMESTAMPTZ, event VARCHAR)",
    "sqlite": "CREATE TABLE events (account TEXT, happened_at TIMESTAMP, event TEXT)",
}
ROWS = (
    "('Acme', '2026-01-05T10:00:00+00:00', 'Ad click')",
    "('Acme', '2026-01-07T07:30:00+00:00', 'Demo')",
    "('Bolt', '2026-01-06T12:00:00+00:00', 'Ad click')",
)


DAYS = {"time": "happened_at"}


@pytest.fixture(params=["duckdb", "sqlite"])
def file(request, tmp_path):
    return File(request.param, tmp_path / "my shop?.db")


class File:
    def __init__(self, kind, path):
        self.kind, self.path = kind, path
        self.address = f"{kind}://{quote(str(path))}"
        self.run(CREATE[kind], f"INSERT INTO events VALUES {', '.join(ROWS)}")

    def run(self, *statements):
        if self.kind == "duckdb":
            with duckdb.connect(str(self.path)) as connection:
                for statement in statements:
                    connection.execute(statement)
        else:
            with closing(sqlite3.connect(self.path)) as connection:
                for statement in statements:
                    connection.execute(statement)
                connection.commit()


def import_table(file, into):
    wanted = Selection(read_relation("events", None), time="happened_at")
    with fetched(read_address(file.address), wanted, into) as found:
        return read_touchpoints(found.file, into=into)


def test_a_table_becomes_a_log_and_is_refreshed(file, tmp_path):
    log = import_table(file, tmp_path / "set")
    assert (log.n_touchpoints, log.n_journeys) == (3, 2)
    assert str(log.last_at) == "2026-01-07 07:30:00+00:00"
    assert refresh(tmp_path / "set")[1][0].n_rows == 0
    file.run("INSERT INTO events VALUES ('Bolt', '2026-01-08T00:00:00+00:00', 'Demo')")
    log, told = refresh(tmp_path / "set")
    assert (log.n_touchpoints, told[0].n_rows) == (4, 2)
    assert origins(tmp_path / "set")[0].address == file.address


class TestRowsThatChange:
    """Deals of which stage and amount change; each has a number and the time of its last change."""

    COLUMNS = (
        *("id", "account", "happened_at", "event", "amount", "note", "changed_at"),
        *("contact", "phase"),
    )

    @pytest.fixture
    def deals(self, file):
        kind = {"duckdb": "TIMESTAMPTZ", "sqlite": "TIMESTAMP"}[file.kind]
        columns = [f"{c} {kind if c.endswith('_at') else 'TEXT'}" for c in self.COLUMNS]
        file.run(f"CREATE TABLE deals ({', '.join(columns)})")
        for number in range(1, 30):
            self.put(file, number, f"e{number % 3}", day=number, changed=number)
        return file

    def put(self, file, number, event, *, day, changed):
        """A deal as it is from the day of its change on."""
        account, phase = f"a{number % 4}", f"p{changed % 3}"
        row = (
            *(str(number), account, f"2026-01-{day:02}T10:00:00+00:00", event, str(changed)),
            *(f"note {changed} of {number}", f"2026-03-{changed:02}T09:00:00+00:00"),
            *(f"x{number % 6}@{account}.example", phase),
        )
        file.run(
            f"DELETE FROM deals WHERE id = '{number}'",
            f"INSERT INTO deals VALUES ({', '.join(map(repr, row))})",
        )

    def imported(self, file, into, *, dedupe="cross-source", **selection):
        wanted = Selection(read_relation("deals", None), mark="changed_at", **selection)
        with fetched(read_address(file.address), wanted, into) as found:
            columns = {"occurred_at": "happened_at", "touchpoint": "event"}
            return read_touchpoints(found.file, into=into, columns=columns, dedupe=dedupe)

    def change(self, file):
        """One moves to another day and kind, one to and fro, one is new."""
        self.put(file, 3, "Won", day=28, changed=30)
        self.put(file, 4, "Lost", day=4, changed=30)
        yield
        self.put(file, 4, "e1", day=4, changed=31)
        self.put(file, 30, "Demo", day=30, changed=31)
        yield

    @pytest.mark.parametrize("dedupe", ["cross-source", "none"])
    def test_they_take_their_own_place_where_a_key_is_named(self, deals, tmp_path, dedupe):
        self.imported(deals, tmp_path / "set", key="id", dedupe=dedupe)
        for _ in self.change(deals):
            log, _ = refresh(tmp_path / "set")
            at_once = self.imported(deals, tmp_path / "at once", key="id", dedupe=dedupe)
            assert log.fingerprint == at_once.fingerprint
        # From the mark on: first 29, 3 and 4, then 3, 4 and 30.
        assert log.report.n_read == 29 + 3 + 3
        assert [
            (one.file, one.n_rows, one.examples[0].row, one.examples[0].value)
            for one in log.report.reasons
            if one.reason == REPLACED
        ] == [("deals", 3, 3, "3"), ("deals (2)", 2, 2, "3")]
        assert log.report.n_kept == log.n_touchpoints == 30
        assert all(one.n_rows == one.n_read for one in log.report.files)
        assert rebuild(tmp_path / "set").fingerprint == log.fingerprint

    def test_without_a_key_both_count(self, deals, tmp_path):
        self.imported(deals, tmp_path / "set")
        next(self.change(deals))
        log, _ = refresh(tmp_path / "set")
        assert log.n_touchpoints == 29 + 2

    def test_facts_that_change_are_the_last_ones(self, deals, tmp_path):
        deals.run(
            "CREATE TABLE firms (account TEXT, size TEXT, seen INTEGER)",
            "INSERT INTO firms VALUES ('a1', 'small', 1), ('a2', 'small', 2), ('a3', 'large', 3)",
        )
        self.imported(deals, tmp_path / "set", key="id")
        wanted = Selection(read_relation("firms", None), mark="seen", key="account")
        with fetched(read_address(deals.address), wanted, tmp_path / "set") as found:
            add_touchpoints(tmp_path / "set", found.file)
        deals.run("UPDATE firms SET size = 'large', seen = 4 WHERE account = 'a1'")
        log, _ = refresh(tmp_path / "set")
        assert sorted(log.store.accounts["size"].drop_null().to_pylist()) == [
            *("large", "large", "small"),
        ]
        assert {*log.where(size="large").ask(_accounts)[0]} == {"a1", "a3"}

    @pytest.mark.parametrize("dedupe", ["cross-source", "none"])
    @pytest.mark.parametrize(
        ("keys", "changed"),
        [(("id", None), (3, 25)), ((None, "id"), (3, 25)), (("account", "id"), (3,))],
    )
    def test_the_key_named_last_is_that_of_all_rows(self, deals, tmp_path, keys, changed, dedupe):
        first, then = keys
        self.imported(deals, tmp_path / "set", key=first, dedupe=dedupe, **DAYS, until="2026-01-20")
        wanted = Selection(
            read_relation("deals", None), mark="changed_at", key=then, **DAYS, since="2026-01-20"
        )
        with fetched(read_address(deals.address), wanted, tmp_path / "set") as found:
            add_touchpoints(tmp_path / "set", found.file)
        for number in changed:
            self.put(deals, number, "Won", day=number, changed=30)
        log, _ = refresh(tmp_path / "set")
        assert log.n_touchpoints == 29
        at_once = self.imported(deals, tmp_path / "at once", key="id", dedupe=dedupe)
        assert log.fingerprint == at_once.fingerprint

    def test_a_key_that_is_not_fetched_is_refused(self, deals, tmp_path):
        with pytest.raises(ColumnNotFoundError, match="'idd'"):
            self.imported(deals, tmp_path / "set", key="idd")
        with pytest.raises(ColumnNotFoundError, match="'id'"):
            self.imported(deals, tmp_path / "set", key="id", left_out=("id",))

    @pytest.mark.parametrize("cell", ["NULL", "''"])
    def test_rows_without_a_key_are_refused(self, deals, tmp_path, cell):
        self.imported(deals, tmp_path / "set", key="id", dedupe="none")
        self.put(deals, 30, "Demo", day=30, changed=30)
        deals.run(f"UPDATE deals SET id = {cell} WHERE id IN ('1', '30')")
        with pytest.raises(ValueNotAllowedError, match=r"1 row of deals without .* key 'id'"):
            refresh(tmp_path / "set")
        with pytest.raises(ValueNotAllowedError, match=r"2 rows .* --where 'id!='"):
            self.imported(deals, tmp_path / "anew", key="id", dedupe="none")
        assert open_log(tmp_path / "set").n_touchpoints == 29
        if cell == "NULL":
            self.imported(deals, tmp_path / "anew", key="id", dedupe="none", where=("id!=",))
            assert refresh(tmp_path / "anew")[0].n_touchpoints == 28

    @pytest.mark.parametrize("key", ["id", "happened_at"])
    def test_a_key_that_is_not_kept_is_refused(self, deals, tmp_path, key):
        columns = {"occurred_at": "happened_at", "touchpoint": "event", "left out": ["id"]}
        wanted = Selection(read_relation("deals", None), mark="changed_at", key=key)
        with (
            fetched(read_address(deals.address), wanted, tmp_path / "set") as found,
            pytest.raises(ColumnNotFoundError, match=f"The key '{key}' of deals is not kept"),
        ):
            read_touchpoints(found.file, into=tmp_path / "set", columns=columns)


def _accounts(view):
    names = view.store.dictionaries["account_id"].to_pylist()
    return [names[case] for case in view.shard.cases[view.journeys]]


def test_tables_and_views_are_listed(file):
    file.run("CREATE VIEW wins AS SELECT * FROM events WHERE event = 'Won'")
    assert list_tables(read_address(file.address)) == ["events", "wins"]


def test_a_query_with_conditions(file, fetch):
    query = "SELECT account, count(*) AS n FROM events GROUP BY account"
    rows, _ = fetch(file.address, query=query, where=("account!=Bolt",))
    assert rows == {"account": ["Acme"], "n": ["2"]}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("INSERT INTO events SELECT * FROM events", "only a SELECT"),
        ("SELECT 1 AS a) AS q; DROP TABLE events; SELECT * FROM (SELECT 1 AS a", SINGLE),
        ("SELECT * FROM nowhere", "nowhere"),
    ],
)
def test_a_query_that_can_not_be(file, fetch, query, said):
    before = file.path.read_bytes()
    with pytest.raises(WarehouseError, match=said):
        fetch(file.address, query=query)
    assert file.path.read_bytes() == before


def test_no_such_file(file, fetch):
    file.path.unlink()
    with pytest.raises(WarehouseError, match="no file 'my shop"):
        fetch(file.address, "events")


def test_what_is_no_database(file, fetch):
    file.path.write_text("account,happened_at\n" * 500)
    with pytest.raises(WarehouseError, match="my shop"):
        fetch(file.address, "events")


class TestDuckDB:
    @pytest.fixture
    def shop(self, tmp_path):
        return File("duckdb", tmp_path / "shop.duckdb")

    def test_every_type_is_a_clear_text(self, shop, fetch):
        cases = {
            "'a' || chr(0) || 'b'": "ab",
            "170141183460469231731687303715884105727::HUGEINT": str(2**127 - 1),
            "1.50::DECIMAL(9,2)": "1.50",
            "1.0::DOUBLE": "1",
            "'Infinity'::DOUBLE": "inf",
            "['a', 'b']": '["a","b"]',
            "{'a': 1}": '{"a":1}',
            "TIMESTAMPTZ '2026-03-29 02:30:00+02'": "2026-03-29 00:30:00.000000+00:00",
            "TIMESTAMP '2026-03-29 02:30:00'": "2026-03-29 02:30:00",
            "TIMESTAMP 'infinity'": "infinite",
            "INTERVAL 1 DAY": "1 day",
            "'x'::BLOB": "x",
            "NULL": None,
        }
        columns = ", ".join(f"{value} AS c{place}" for place, value in enumerate(cases))
        rows, _ = fetch(shop.address, query=f"SELECT {columns}")
        assert dict(zip(cases, [value for (value,) in rows.values()], strict=True)) == cases

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT * FROM read_text('/etc/hostname')",
            "SELECT * FROM read_csv('/etc/passwd')",
            "SELECT * FROM '/etc/passwd'",
            "SELECT * FROM glob('/*')",
        ],
    )
    def test_no_other_file_can_be_read(self, shop, fetch, query):
        with pytest.raises(WarehouseError, match="can't do this"):
            fetch(shop.address, query=query)

    def test_a_file_that_is_being_written_is_told_of(self, shop):
        with (
            duckdb.connect(str(shop.path)),
            pytest.raises(WarehouseError, match="another program writes"),
        ):
            list_tables(read_address(shop.address))

    def test_the_file_can_be_read_while_nobody_may_write_it(self, shop):
        shop.path.chmod(0o400)
        assert list_tables(read_address(shop.address)) == ["events"]


def test_sqlite_gives_generated_columns_and_compares_numbers_without_a_declared_type(tmp_path):
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            CREATE TABLE events (account, at TIMESTAMP, event, amount,
                loud TEXT GENERATED ALWAYS AS (upper(event)) VIRTUAL);
            INSERT INTO events VALUES ('Acme', '2026-01-05', 'Ad', 5), ('Acme', '2026-01-06', 'Ad',
                50), ('Bolt', '2026-01-07', 'Demo', 500), ('Bolt', '2026-01-08', 'Demo', '60');
            """
        )
    # 50 and 500 are more than 10; of the texts, '60' is.
    wanted = Selection(read_relation("events", None), where=("amount>=10",), mark="amount")
    address = read_address(f"sqlite://{quote(str(path))}")
    with fetched(address, wanted, tmp_path / "set") as found:
        assert found.n_rows == 3
        assert "loud" in found.origin.headers
