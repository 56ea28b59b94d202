import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.ingest.sql import connect, identifier, is_there, literal, open_ahead

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@given(text=TEXT)
def test_any_text_comes_back_as_name_and_as_value(text):
    result = duckdb.sql(f"SELECT {literal(text)} AS {identifier(text)}")
    assert result.fetchall() == [(text,)]
    assert result.columns == [text]


@pytest.mark.parametrize("quote", [identifier, literal])
def test_nul_is_refused(quote):
    with pytest.raises(ValueError, match="NUL"):
        quote("a\0b")


def test_nothing_outside_the_folder_can_be_reached(tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("id,at\n1,2\n")
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "way.csv").symlink_to(secret)
    (folder / "inside.csv").write_text("id,at\n3,4\n")
    visible = [1]
    with connect(folder, memory_bytes=100_000_000) as connection:
        for statement in (
            f"FROM read_csv({literal(str(secret))})",
            f"FROM read_csv({literal(str(folder / 'way.csv'))})",
            f"FROM read_csv({literal(str(folder / '..' / 'secret.csv'))})",
            f"COPY (SELECT 1) TO {literal(str(tmp_path / 'out.csv'))}",
            f"ATTACH {literal(str(tmp_path / 'other.duckdb'))}",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            "FROM visible",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(statement)
        found = connection.execute(f"FROM read_csv({literal(str(folder / 'inside.csv'))})")
        assert found.fetchall() == [(3, 4)]
    assert visible == [1]


@pytest.mark.parametrize(("n_cores", "asked", "found"), [(64, None, 8), (2, None, 2), (64, 1, 1)])
def test_queries_have_as_many_threads_as_memory_is_for(
    tmp_path, monkeypatch, n_cores, asked, found
):
    monkeypatch.setattr("os.cpu_count", lambda: n_cores)
    with connect(tmp_path, memory_bytes=100_000_000, threads=asked) as connection:
        assert connection.execute("SELECT current_setting('threads')").fetchall() == [(found,)]


def test_a_database_opened_ahead_is_used_once_and_as_any_other(tmp_path):
    settings = ("threads", "memory_limit", "temp_directory", "TimeZone", "enable_external_access")
    asked = ", ".join(f"current_setting('{name}')" for name in settings)

    def found():
        with connect(tmp_path, memory_bytes=100_000_000, threads=2) as connection:
            (row,) = connection.execute(f"SELECT {asked}").fetchall()
            with pytest.raises(duckdb.Error):
                connection.execute("SET threads = 1")
            return row

    usual = found()
    open_ahead()
    assert [found(), found()] == [usual, usual]
    assert usual[0] == 2


def test_what_is_there_is_found(tmp_path):
    with connect(tmp_path, memory_bytes=100_000_000) as connection:
        connection.execute('CREATE VIEW "a b" AS SELECT 1 AS x')
        assert [is_there(connection, name) for name in ("a b", "a")] == [True, False]
