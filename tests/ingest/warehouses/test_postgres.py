"""Tables and queries of a real PostgreSQL server."""

import json
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

import journey
from journey.errors import (
    ColumnNotFoundError,
    ImportCancelledError,
    ValueNotAllowedError,
    WarehouseError,
)
from journey.ingest import add_touchpoints, read_touchpoints
from journey.ingest.warehouses import (
    Selection,
    fetched,
    list_tables,
    origins,
    proposed_time,
    read_address,
    read_relation,
    refresh,
    sampled,
)
from journey.ingest.warehouses import postgres as driver
from journey.ingest.warehouses.selection import Wanted
from journey.ingest.warehouses.tasks import open_warehouse
from tests.ingest.warehouses.postgres_server import PASSWORD

ROOT = Path(__file__).parents[3]


@pytest.fixture
def table(server):
    """A new table: its columns, and rows as SQL values; dropped when the test ends."""
    made = []

    def make(columns, *rows, name="events"):
        made.append(name)
        server.run(f'DROP TABLE IF EXISTS "{name}"', f'CREATE TABLE "{name}" ({columns})')
        if rows:
            server.run(f'INSERT INTO "{name}" VALUES {", ".join(rows)}')
        return name

    yield make
    server.run(*(f'DROP TABLE IF EXISTS "{name}" CASCADE' for name in made))


EVENTS = "account text, happened_at timestamptz, event text"
ROWS = (
    "('Acme', '2026-01-05 10:00+00', 'Ad click')",
    "('Acme', '2026-01-07 09:30+02', 'Demo')",
    "('Bolt', '2026-01-06 12:00+00', 'Ad click')",
)


def import_table(server, into, name="events", **selection):
    address = read_address(server.address())
    wanted = Selection(read_relation(name, None), time="happened_at", **selection)
    with fetched(address, wanted, into) as found:
        return read_touchpoints(found.file, into=into), found


def refreshed(server, folder, **options):
    password = read_address(server.address()).password
    sign_in = lambda address: read_address(  # noqa: E731 - the shape that refresh takes
        address.text.replace("owner@", f"owner:{quote(password, safe='')}@")
    )
    return refresh(folder, sign_in, **options)


@pytest.mark.usefixtures("in_this_process")
class TestTheSameLog:
    def test_as_from_a_file_with_the_same_rows(self, server, table, tmp_path):
        table(EVENTS, *ROWS)
        log, found = import_table(server, tmp_path / "set")
        file = tmp_path / "events"
        file.write_text(
            "account,happened_at,event\n"
            "Acme,2026-01-05 10:00:00+00,Ad click\n"
            "Acme,2026-01-07 07:30:00+00,Demo\n"
            "Bolt,2026-01-06 12:00:00+00,Ad click\n"
        )
        assert log.fingerprint == read_touchpoints(file).fingerprint
        assert found.n_rows == 3
        assert (log.report.n_read, log.report.n_set_aside) == (3, 0)

    def test_refreshed_as_imported_at_once(self, server, table, tmp_path):
        """Two clicks of one person within five minutes are two, also when fetched one by one."""
        table(EVENTS, *ROWS)
        import_table(server, tmp_path / "bit by bit")
        server.run(
            "INSERT INTO events VALUES ('Acme', '2026-01-07 07:33+00', 'Demo'), "
            "('Bolt', '2026-01-08 00:00+00', 'Demo')"
        )
        log, told = refreshed(server, tmp_path / "bit by bit")
        at_once, _ = import_table(server, tmp_path / "at once")
        assert log.fingerprint == at_once.fingerprint
        assert log.n_touchpoints == 5
        # The row at the mark, and the two new ones.
        assert [(one.title, one.n_rows) for one in told] == [("events", 3)]
        assert log.report.n_merged == 1


@pytest.mark.usefixtures("in_this_process")
class TestRefresh:
    def test_nothing_new_is_nothing_fetched_and_no_new_batch(self, server, table, tmp_path):
        table(EVENTS, *ROWS)
        import_table(server, tmp_path / "set")
        _, told = refreshed(server, tmp_path / "set")
        assert [one.n_rows for one in told] == [0]
        assert [path.name for path in (tmp_path / "set" / "sources").iterdir()] == ["0001"]

    def test_only_rows_from_the_mark_on_are_fetched(self, server, table, tmp_path):
        table(EVENTS)
        server.run(
            "INSERT INTO events SELECT 'a' || g % 7, "
            "timestamptz '2026-01-01 00:00+00' + g * interval '1 minute', 'e' || g % 3 "
            "FROM generate_series(1, 5000) AS g"
        )
        import_table(server, tmp_path / "set")
        server.run(
            "INSERT INTO events SELECT 'a' || g % 7, "
            "timestamptz '2026-01-01 00:00+00' + g * interval '1 minute', 'e' || g % 3 "
            "FROM generate_series(5001, 5040) AS g"
        )
        log, told = refreshed(server, tmp_path / "set")
        # 40 new ones and the one at the mark.
        assert [one.n_rows for one in told] == [41]
        assert log.n_touchpoints == 5040
        (origin,) = origins(tmp_path / "set")
        assert origin.mark == "2026-01-04 12:00:00+00"

    def test_times_to_come_and_without_end_move_no_mark(self, server, table, tmp_path):
        table(EVENTS, *ROWS, "('Bolt', 'infinity', 'Demo')", "('Bolt', '2190-01-01', 'Renewal')")
        log, _ = import_table(server, tmp_path / "set")
        (origin,) = origins(tmp_path / "set")
        assert origin.mark == "2026-01-07 07:30:00+00"
        ((reason,),) = [[one.reason for one in log.report.reasons if one.action == "set aside"]]
        assert reason == "time not understood"
        server.run("INSERT INTO events VALUES ('Acme', '2026-01-08 00:00+00', 'Won')")
        assert refreshed(server, tmp_path / "set")[0].n_touchpoints == log.n_touchpoints + 1

    def test_a_column_of_numbers_can_be_the_mark(self, server, table, tmp_path):
        table(f"id serial, {EVENTS}")
        server.run("INSERT INTO events (account, happened_at, event) VALUES " + ", ".join(ROWS))
        import_table(server, tmp_path / "set", mark="id")
        late = "('Acme', '2025-12-24 00:00+00', 'Webinar')"
        server.run(f"INSERT INTO events (account, happened_at, event) VALUES {late}")
        log, told = refreshed(server, tmp_path / "set")
        assert log.n_touchpoints == 4
        assert [one.n_rows for one in told] == [2]

    def test_changed_rows_take_their_own_place_by_a_key(self, server, table, tmp_path):
        table(f"id serial, {EVENTS}, updated_at timestamptz DEFAULT '2026-03-01'")
        server.run("INSERT INTO events (account, happened_at, event) VALUES " + ", ".join(ROWS))
        import_table(server, tmp_path / "set", mark="updated_at", key="id")
        new = (
            "INSERT INTO events (account, happened_at, event) VALUES ('Bolt', '2026-03-02', 'Demo')"
        )
        server.run("UPDATE events SET event = 'Won', updated_at = '2026-03-02' WHERE id = 2", new)
        log, (told,) = refreshed(server, tmp_path / "set")
        # All four stand at the mark or after it; the first three are there already.
        assert (told.n_rows, log.n_touchpoints, log.report.n_merged) == (4, 4, 3)
        assert log.touchpoint_types == ["Ad click", "Demo", "Won"]

    def test_late_rows_come_with_an_earlier_start(self, server, table, tmp_path):
        table(EVENTS, *ROWS)
        import_table(server, tmp_path / "set")
        server.run("INSERT INTO events VALUES ('Acme', '2025-12-24 00:00+00', 'Webinar')")
        assert refreshed(server, tmp_path / "set")[0].n_touchpoints == 3
        assert refreshed(server, tmp_path / "set", since="2025-12-01")[0].n_touchpoints == 4

    def test_a_table_without_a_mark_is_told_of(self, server, table, tmp_path):
        table("account text, happened_at text, event text", "('Acme', '2026-01-05', 'Demo')")
        import_table(server, tmp_path / "set")
        _, (told,) = refreshed(server, tmp_path / "set")
        assert "no column tells what is new" in told.why_not

    def test_kept_repeats_can_not_be_refreshed(self, server, table, tmp_path):
        table(EVENTS, *ROWS)
        wanted = Selection(read_relation("events", None), time="happened_at")
        with fetched(read_address(server.address()), wanted, tmp_path / "set") as found:
            read_touchpoints(found.file, into=tmp_path / "set", dedupe="none")
        with pytest.raises(ValueNotAllowedError, match="keeps repeated rows"):
            refreshed(server, tmp_path / "set")

    def test_two_tables_of_one_data_set_are_both_refreshed(self, server, table, tmp_path):
        table(EVENTS, *ROWS)
        table(EVENTS, "('Acme', '2026-02-01 00:00+00', 'Won')", name="deals")
        import_table(server, tmp_path / "set")
        wanted = Selection(read_relation("deals", None), time="happened_at")
        with fetched(read_address(server.address()), wanted, tmp_path / "set") as found:
            add_touchpoints(tmp_path / "set", found.file)
        server.run(
            "INSERT INTO events VALUES ('Bolt', '2026-01-09 00:00+00', 'Demo')",
            "INSERT INTO deals VALUES ('Bolt', '2026-02-02 00:00+00', 'Won')",
        )
        log, told = refreshed(server, tmp_path / "set")
        assert {one.title: one.n_rows for one in told} == {"events": 2, "deals": 2}
        assert log.n_touchpoints == 6


@pytest.mark.usefixtures("in_this_process")
class TestWhatIsFetched:
    def test_conditions_and_columns_are_left_to_the_server(self, server, table, fetch):
        table(f"{EVENTS}, amount int, notes text")
        server.run(
            "INSERT INTO events SELECT 'a', timestamptz '2026-01-01+00' + g * interval '1 day', "
            "'e', g, 'secret' FROM generate_series(0, 9) AS g"
        )
        rows, found = fetch(
            server.address(),
            "events",
            where=("amount>=3", "event=e"),
            since="2026-01-03",
            until="2026-01-09",
            time="happened_at",
            left_out=("notes",),
        )
        # Days 2 to 7 after the first, and of them those with 3 or more.
        assert rows["amount"] == ["3", "4", "5", "6", "7"]
        assert list(rows) == ["account", "happened_at", "event", "amount"]
        assert found.n_rows == 5

    def test_a_query_is_read_to_its_last_comment(self, server, table, fetch):
        table(EVENTS, *ROWS)
        query = "SELECT account AS who, count(*) AS n FROM events GROUP BY 1 ORDER BY 1; -- done"
        rows, _ = fetch(server.address(), query=query.replace("; -- done", " -- done"))
        assert rows == {"who": ["Acme", "Bolt"], "n": ["2", "1"]}

    def test_every_type_is_a_clear_text(self, server, fetch):
        cases = {
            "'O''Brien \"x\" \n y'::text": 'O\'Brien "x" \n y',
            "'=cmd|calc'::text": "=cmd|calc",
            "123456789012345678901234567890.5::numeric": "123456789012345678901234567890.5",
            "'NaN'::numeric": "NaN",
            "1.0::float8": "1",
            "'-Infinity'::float8": "-Infinity",
            "9007199254740993::int8": "9007199254740993",
            "ARRAY['a', 'b,c']": '{a,"b,c"}',
            "'{\"a\": [1]}'::jsonb": '{"a": [1]}',
            "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
            "timestamptz '2026-03-29 02:30:00.123456+02'": "2026-03-29 00:30:00.123456+00",
            "timestamp '2026-03-29 02:30'": "2026-03-29 02:30:00",
            "date '2026-02-28'": "2026-02-28",
            "date 'infinity'": "infinite",
            "timestamp '-infinity'": "infinite",
            "interval '1 day 2 hours'": "P1DT2H",
            "'\\x00ff'::bytea": "\\x00ff",
            "true": "true",
            "NULL::int": None,
            "ROW(1, 'a')": "(1,a)",
            "int4range(1, 5)": "[1,5)",
            "inet '10.0.0.1'": "10.0.0.1/32",
        }
        columns = ", ".join(f"{value} AS c{place}" for place, value in enumerate(cases))
        rows, _ = fetch(server.address(), query=f"SELECT {columns}")
        assert dict(zip(cases, [value for (value,) in rows.values()], strict=True)) == cases

    def test_names_are_taken_as_they_are(self, server, fetch):
        name = 'we"ird; DROP TABLE x; --'
        quoted = name.replace('"', '""')
        server.run(
            f'CREATE TABLE "{quoted}" ("a""b" text, "A""B" text, "=c\'" text)',
            f"INSERT INTO \"{quoted}\" VALUES ('1', '2', 'x'' OR true --')",
        )
        rows, found = fetch(server.address(), name, where=("=c'=x' OR true --",))
        server.run(f'DROP TABLE "{quoted}"')
        assert rows == {'a"b': ["1"], 'A"B (2)': ["2"], "=c'": ["x' OR true --"]}
        assert found.file.name == "we_ird_ DROP TABLE x_ --"

    def test_a_table_of_another_schema_goes_by_its_full_name(self, server, fetch):
        server.run("CREATE SCHEMA web", "CREATE TABLE web.hits AS SELECT 'a' AS account")
        tables = list_tables(read_address(server.address()))
        rows, _ = fetch(server.address(), "web.hits")
        server.run("DROP SCHEMA web CASCADE")
        assert "web.hits" in tables
        assert rows == {"account": ["a"]}

    def test_times_without_a_zone_are_asked_about_and_with_one_not(self, server, table, tmp_path):
        table("account text, event text, at timestamp", "('Acme', 'Demo', '2026-01-05 10:00')")
        table(EVENTS, *ROWS, name="zoned")
        address, told = read_address(server.address()), {}
        for name in ("events", "zoned"):
            found = journey.suggest_columns(sampled(address, read_relation(name, None), tmp_path))
            told[name] = found.set_index("column").loc[proposed_time(found), "question"]
        assert told == {"events": "zone", "zoned": None}

    def test_the_tables_are_listed(self, server, table):
        table(EVENTS)
        assert "events" in list_tables(read_address(server.address()))


MEASURE = """
import json, resource, sys
from journey.ingest.warehouses.tasks import fetch
told = fetch(json.loads(sys.stdin.read()), lambda progress: None)
print(told["n_rows"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_rows_stream_through_bounded_memory(server, table, tmp_path):
    """300,000 rows of half a kilobyte are 150 MB; they take no more memory than a tenth of them."""
    table("account text, notes text")
    server.run(
        "INSERT INTO events SELECT 'a' || g % 99, repeat(md5(g::text), 16) "
        "FROM generate_series(1, 300000) AS g"
    )
    peaks = {}
    for n_rows in (30_000, 300_000):
        argument = {
            "address": read_address(server.address()).as_json(),
            "relation": {"table": None, "query": f"SELECT * FROM events LIMIT {n_rows}"},
            "path": str(tmp_path / f"{n_rows}.parquet"),
            **dict.fromkeys(("headers", "since", "until", "time", "mark", "key")),
            "title": "query",
            "left_out": [],
            "left_out_before": [],
            "where": [],
            "limits": {},
            "is_growing": False,
        }
        done = subprocess.run(
            [sys.executable, "-c", MEASURE],
            input=json.dumps(argument),
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        fetched_rows, peaks[n_rows] = map(int, done.stdout.split())
        assert fetched_rows == n_rows
    grown_kilobytes = peaks[300_000] - peaks[30_000]
    assert grown_kilobytes < 60_000


class TestWhatGoesWrong:
    @pytest.fixture
    def refused(self, tmp_path, in_this_process):  # noqa: ARG002 - it changes where tasks run
        def run(address, table="events", query=None, **selection):
            with (
                pytest.raises((WarehouseError, ColumnNotFoundError, ValueNotAllowedError)) as told,
                fetched(
                    read_address(address),
                    Selection(read_relation(None if query else table, query), **selection),
                    tmp_path / "set",
                ),
            ):
                pass
            message = str(told.value)
            assert "\n" not in message
            assert PASSWORD not in message
            return message

        return run

    def test_a_wrong_password(self, refused, server):
        message = refused(server.address("owner", "wr0ng"))
        assert "does not let owner in" in message
        assert "wr0ng" not in message

    def test_no_password_of_the_machine_is_used_where_that_is_not_wanted(self, server, monkeypatch):
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        address = read_address(server.address(password=None))
        assert driver._conninfo(address).count("password") == 0
        with driver.opened(address) as warehouse:
            assert isinstance(warehouse.tables(), list)
        fenced = type(address)(address.kind, address.text, has_own_means=False)
        with (
            pytest.raises(WarehouseError, match="does not let owner in"),
            driver.opened(fenced),
        ):
            pass

    def test_nobody_listens(self, refused):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"postgresql://a@127.0.0.1:{free.getsockname()[1]}/x"
            assert "can't be opened" in refused(address)

    def test_somebody_listens_and_says_nothing(self, monkeypatch):
        monkeypatch.setattr(driver, "CONNECT_SECONDS", 2)
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            address = read_address(f"postgresql://a@127.0.0.1:{mute.getsockname()[1]}/x")
            with pytest.raises(WarehouseError, match="timeout expired"), driver.opened(address):
                pass

    def test_no_such_table(self, refused, server, table):
        table(EVENTS)
        message = refused(server.address(), "evnts")
        assert "no table 'evnts'" in message
        assert "Did you mean 'events'?" in message

    def test_no_right_to_read(self, refused, server, table):
        table(EVENTS, *ROWS)
        server.run("DROP ROLE IF EXISTS guest", "CREATE ROLE guest LOGIN PASSWORD 'g'")
        message = refused(server.address("guest", "g"))
        assert "permission denied for table events" in message
        assert "right to read" in message

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("DELETE FROM events", "only a SELECT"),
            ("WITH gone AS (DELETE FROM events RETURNING *) SELECT * FROM gone", "top level"),
            ("SELECT 1 AS a) AS q; DROP TABLE events; --", "syntax error"),
            ("SELECT nextval('numbers')", "read-only transaction"),
            ("SELECT 1 AS a, 2 AS a", "two columns 'a'"),
            ("SELECT * FROM nowhere", 'relation "nowhere" does not exist'),
        ],
    )
    def test_a_query_that_is_no_select(self, refused, server, table, query, said):
        table(EVENTS, *ROWS)
        server.run("CREATE SEQUENCE IF NOT EXISTS numbers")
        assert said in refused(server.address(), query=query)
        assert server.run("SELECT count(*) FROM events") == [(3,)]

    @pytest.mark.parametrize(
        ("selection", "said"),
        [
            ({"where": ("nope=1",)}, "'nope' not found"),
            ({"where": ("happened_at>=soon",)}, "invalid input syntax"),
            ({"left_out": ("nope",)}, "'nope' not found"),
            ({"since": "2026-01-01"}, "--since needs the column of the time"),
            ({"left_out": ("account", "happened_at", "event")}, "All columns"),
            ({"where": ("account=a\0b",)}, "NUL"),
            ({"where": ("account=nobody",)}, "no rows that fit"),
        ],
    )
    def test_a_selection_that_can_not_be(self, refused, server, table, selection, said):
        table(EVENTS, *ROWS)
        assert said in refused(server.address(), **selection)

    def test_an_error_in_mid_stream_leaves_nothing(self, server, tmp_path):
        query = "SELECT 1 / (200000 - g) AS n FROM generate_series(1, 300000) AS g"
        wanted = Selection(read_relation(None, query))
        with (
            pytest.raises(WarehouseError, match="division by zero"),
            fetched(read_address(server.address()), wanted, tmp_path / "set"),
        ):
            pass
        assert list(tmp_path.iterdir()) == []

    def test_a_server_that_goes_in_mid_stream(self, server):
        """The connection is ended by the server between two batches."""
        query = "SELECT g, repeat('x', 500) AS t FROM generate_series(1, 400000) AS g"
        relation = read_relation(None, query)
        with open_warehouse(read_address(server.address())) as warehouse:
            columns = tuple(warehouse.columns(relation))
            with closing(warehouse.batches(Wanted(relation, columns))) as batches:
                assert next(batches).num_rows
                server.run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'portolan'"
                )
                with pytest.raises(WarehouseError, match="broke off"):
                    list(batches)

    def test_a_cancelled_fetch_leaves_nothing(self, server, table, tmp_path):
        table(EVENTS, *ROWS)
        wanted = Selection(read_relation("events", None))
        with (
            pytest.raises(ImportCancelledError),
            fetched(
                read_address(server.address()), wanted, tmp_path / "set", cancelled=lambda: True
            ),
        ):
            pass
        assert list(tmp_path.iterdir()) == []

    def test_the_password_is_in_no_file_of_the_data_set(self, server, table, tmp_path):
        table(EVENTS, *ROWS)
        import_table(server, tmp_path / "set")
        forms = [PASSWORD.encode(), quote(PASSWORD, safe="").encode()]
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert len(files) > 5
        assert [path for path in files if any(form in path.read_bytes() for form in forms)] == []
