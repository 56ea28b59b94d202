"""A database on the command line: imported, refreshed, and refused in one clear line."""

import duckdb
import pandas as pd
import pytest

import journey
from journey import cli
from journey.workspace import dataset_path, workspace_root
from tests.ingest.warehouses.here import run_tasks_here


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    run_tasks_here(monkeypatch)


@pytest.fixture
def shop(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE events AS SELECT 'a' || i % 2 AS account, "
            "TIMESTAMPTZ '2026-01-01 00:00:00+00' + INTERVAL (i) DAY AS happened_at, "
            "'e' || i % 3 AS event, i AS amount, 'note ' || i AS note FROM range(10) AS r(i)"
        )
    return path


@pytest.fixture
def run(capsys):
    def tell(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return tell


def test_a_table_is_imported_in_part_and_refreshed(shop, run):
    address = f"duckdb://{shop}"
    code, out, err = run(
        *("import", address, "--table", "events", "--into", "Shop"),
        *("--where", "amount>=2", "--since", "2026-01-04", "--column", "left out=note"),
    )
    assert (code, "events" in out) == (0, True)
    # Days 3 to 9.
    assert f"7 rows fetched from {address}." in err
    assert "Shop: 7 touchpoints in 2 journeys." in err
    with duckdb.connect(str(shop)) as connection:
        connection.execute(
            "INSERT INTO events VALUES ('a0', '2026-01-20 00:00:00+00', 'Won', 5, ''), "
            "('a0', '2026-01-21 00:00:00+00', 'Won', 1, '')"
        )
    code, _, err = run("refresh", "Shop")
    assert code == 0
    # The row at the mark and the new one of 2 or more; the other one is not wanted.
    assert "events: 2 rows fetched." in err
    assert "Shop: 1 new touchpoint; 8 touchpoints in 2 journeys." in err


def test_a_query_can_be_added_to_a_data_set(shop, run):
    address = f"duckdb://{shop}?table=events"
    assert run("import", address, "--into", "Both", "--until", "2026-01-03")[0] == 0
    query = "SELECT account, happened_at, 'Call' AS event FROM events WHERE amount = 9"
    code, _, err = run("import", f"duckdb://{shop}", "--query", query, "--into", "Both", "--add")
    assert (code, "1 row fetched" in err) == (0, True)
    assert run("summary", "Both", "--format", "json")[1].count('"n_touchpoints": 3') == 1


class TestWhatWasLeftOut:
    @pytest.fixture
    def begun(self, shop, run):
        """A data set of the first days, without notes."""
        first = ("--table", "events", "--until", "2026-01-03", "--column", "left out=note")
        assert run("import", f"duckdb://{shop}", *first, "--into", "Shop")[0] == 0
        return shop

    def added(self, shop, run, *options):
        given = ("import", f"duckdb://{shop}", "--table", "events", "--into", "Shop", "--add")
        code, _, err = run(*given, "--since", "2026-01-03", *options)
        assert code == 0
        return err, journey.open_log(dataset_path(workspace_root(), "Shop"))

    def test_it_is_not_fetched_by_a_later_addition_either(self, begun, run):
        err, log = self.added(begun, run)
        assert "Left out, as before: 'note'." in err
        assert log.n_touchpoints == 10
        assert "note" not in log.filter_columns

    def test_a_column_that_the_table_lost_is_not_missed(self, begun, run):
        with duckdb.connect(str(begun)) as connection:
            connection.execute("ALTER TABLE events DROP note")
        assert self.added(begun, run)[1].n_touchpoints == 10

    @pytest.mark.parametrize("option", ["left out=", "reason=note"])
    def test_it_comes_back_by_name(self, begun, run, option):
        err, log = self.added(begun, run, "--column", option)
        assert "as before" not in err
        assert {"note", "reason"} & {*log.filter_columns}

    @pytest.mark.usefixtures("begun")
    def test_it_holds_for_exports_of_the_same_columns(self, tmp_path):
        (tmp_path / "events.csv").write_text(
            "account,happened_at,event,amount,note\na0,2026-02-01,Won,1,call +44 1\n"
        )
        proposal = journey.suggest_columns(
            tmp_path / "events.csv", beside=dataset_path(workspace_root(), "Shop")
        )
        assert proposal.set_index("column")["role"]["note"] == "left out"


class TestTheKey:
    def begun(self, shop, run):
        """A data set of the first days by the numbers of their rows, the rest added."""
        given = ("import", f"duckdb://{shop}", "--table", "events", "--into", "Shop")
        marked = ("--mark", "updated_at")
        with duckdb.connect(str(shop)) as connection:
            connection.execute("ALTER TABLE events ADD updated_at TIMESTAMPTZ")
            connection.execute("UPDATE events SET updated_at = happened_at")
        assert run(*given, *marked, "--key", "amount", "--until", "2026-01-06")[0] == 0
        return (*given, *marked, "--add", "--since", "2026-01-06")

    def test_it_is_that_of_a_later_addition_too(self, shop, run):
        code, _, err = run(*self.begun(shop, run))
        assert (code, "Key, as before: 'amount'." in err) == (0, True)
        with duckdb.connect(str(shop)) as connection:
            connection.execute(
                "UPDATE events SET event = 'Won', updated_at = '2026-02-01' WHERE amount = 8"
            )
        assert run("refresh", "Shop")[0] == 0
        log = journey.open_log(dataset_path(workspace_root(), "Shop"))
        assert log.n_touchpoints == 10

    def test_another_one_named_now_goes_first(self, shop, run):
        code, _, err = run(*self.begun(shop, run), "--key", "note")
        assert (code, "as before" in err) == (0, False)


def test_a_date_and_a_time_of_day_in_two_columns_are_one_time(shop, run):
    with duckdb.connect(str(shop)) as connection:
        connection.execute(
            "CREATE TABLE calls AS SELECT 'a' AS account, 'Call' AS event, "
            "DATE '2026-01-05' AS day, TIME '10:30:00' AS clock"
        )
    given = ("import", f"duckdb://{shop}", "--table", "calls", "--into", "Calls")
    code, _, err = run(*given, "--column", "occurred_at=day+clock")
    assert (code, "Calls: 1 touchpoint in 1 journey." in err) == (0, True)
    log = journey.open_log(dataset_path(workspace_root(), "Calls"))
    assert log.first_at == pd.Timestamp("2026-01-05 10:30", tz="UTC")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["import", "ADDRESS", "--into", "X"], "Name the table to read"),
        (["import", "ADDRESS", "--table", "evnts", "--into", "X"], "Did you mean 'events'?"),
        (["import", "ADDRESS", "a.csv", "--into", "X"], "A database is imported alone"),
        (["import", "a.csv", "--table", "t", "--into", "X"], "--table is for databases"),
        (["import", "mysql://h/d", "--table", "t", "--into", "X"], "The kind of database"),
        (["refresh", "Nothing"], "Nothing"),
        (["summary", "postgresql://ada:s3cret@h/d"], "A database is imported first"),
    ],
)
def test_what_can_not_be_is_one_clear_line(shop, run, arguments, problem):
    told = [argument.replace("ADDRESS", f"duckdb://{shop}") for argument in arguments]
    code, out, err = run(*told)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert problem in err
    assert "s3cret" not in err


def test_a_data_set_of_files_can_not_be_refreshed(run, tmp_path):
    (tmp_path / "a.csv").write_text("account,when,event\nA,2026-01-01,Demo\n")
    assert run("import", tmp_path / "a.csv", "--into", "Files")[0] == 0
    code, _, err = run("refresh", "Files")
    assert (code, "came from no database" in err) == (2, True)


def test_another_database_is_not_taken_for_the_one_it_came_from(shop, run, tmp_path):
    assert run("import", f"duckdb://{shop}", "--table", "events", "--into", "Shop")[0] == 0
    other = tmp_path / "other.duckdb"
    code, _, err = run("refresh", "Shop", "--address", f"duckdb://{other}")
    assert (code, f"'Shop' came from duckdb://{shop}" in err) == (2, True)
