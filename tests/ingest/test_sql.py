import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.ingest.sql import connect, identifier, literal

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
