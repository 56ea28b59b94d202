"""Addresses: what is read of them, and what of them is never shown."""

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.errors import ValueNotAllowedError
from journey.ingest.warehouses.access import for_app
from journey.ingest.warehouses.address import from_json, read_address, signed_in
from journey.ingest.warehouses.postgres import _conninfo


@given(st.text(min_size=1, max_size=20).filter(lambda text: "\0" not in text))
def test_a_password_is_read_whole_and_stands_in_no_text(password):
    encoded = quote(password, safe="")
    address = read_address(f"postgresql://ada:{encoded}@db.example.com:5433/shop")
    assert address.password == password
    assert address.text == "postgresql://ada@db.example.com:5433/shop"
    assert from_json(json.loads(json.dumps(address.as_json()))) == address


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgres://a:b@h/d?password=x&sslmode=require", "postgresql://a@h/d?sslmode=require"),
        ("duckdb:///data/a%3Fb.duckdb?table=events", "duckdb:///data/a%3Fb.duckdb"),
        ("sqlite:///data/a.db", "sqlite:///data/a.db"),
        ("bigquery://project/set?credentials=abc", "bigquery://project/set"),
        ("databricks://h/c?access_token=abc&http_path=%2Fsql", "databricks://h/c?http_path=%2Fsql"),
        (
            "snowflake://ada:s3cret@acc/db/schema?warehouse=w",
            "snowflake://ada@acc/db/schema?warehouse=w",
        ),
    ],
)
def test_what_is_shown_has_no_secret(text, shown):
    address = read_address(text)
    assert address.text == shown
    assert read_address(address.text).text == shown


def test_secrets_are_given_to_the_client_again():
    text = "databricks://ada:p%40ss@h/c?http_path=%2Fsql&access_token=abc"
    assert read_address(text).with_secrets() == text
    assert "abc" not in read_address(text).without_secrets("denied: token abc, p@ss")


@pytest.mark.parametrize("text", ["events.csv", "mysql://h/d", "postgresql://h:port/d", ""])
def test_what_is_no_address(text):
    with pytest.raises(ValueNotAllowedError):
        read_address(text)


def test_a_password_with_a_sign_that_ends_the_host_is_not_shown():
    with pytest.raises(ValueNotAllowedError, match=r"%2F") as refused:
        read_address("postgresql://ada:12/s3cret@h/d")
    assert "s3cret" not in str(refused.value)


def test_no_part_of_an_address_can_add_a_setting():
    address = read_address("postgresql://a'%20host%3Devil:p@h/d%27%20sslmode%3Ddisable")
    assert _conninfo(address).startswith(
        r"host='h' user='a\' host=evil' dbname='d\' sslmode=disable' "
    )
    with pytest.raises(ValueNotAllowedError, match="passfile"):
        _conninfo(
            read_address("postgresql://h/d?sslcert=a").__class__(
                "postgresql", "postgresql://h/d?passfile=/etc/x"
            )
        )


class TestForUsersOfTheApp:
    @pytest.fixture(autouse=True)
    def none_allowed(self, monkeypatch):
        monkeypatch.delenv("PORTOLAN_FOLDERS", raising=False)
        monkeypatch.delenv("PORTOLAN_WAREHOUSES", raising=False)

    def test_files_only_in_folders_that_are_allowed(self, tmp_path, monkeypatch):
        inside, outside = tmp_path / "in", tmp_path / "out"
        for folder in (inside, outside):
            folder.mkdir()
            (folder / "a.duckdb").touch()
        (inside / "link.duckdb").symlink_to(outside / "a.duckdb")
        with pytest.raises(ValueNotAllowedError, match="allows no folders"):
            for_app(read_address(f"duckdb://{inside}/a.duckdb"))
        monkeypatch.setenv("PORTOLAN_FOLDERS", str(inside))
        found = for_app(read_address(f"duckdb://{inside}/a.duckdb?table=t"))
        assert (found.path, found.table) == (inside / "a.duckdb", "t")
        for path in (outside / "a.duckdb", inside / "link.duckdb", f"{inside}/../out/a.duckdb"):
            with pytest.raises(ValueNotAllowedError, match="not in a folder"):
                for_app(read_address(f"duckdb://{path}"))

    def test_the_means_of_the_server_only_where_the_administrator_says_so(self, monkeypatch):
        address = read_address("postgresql://ada@db.example.com/shop")
        assert not for_app(address).has_own_means
        monkeypatch.setenv("PORTOLAN_WAREHOUSES", "postgresql://db.example.com bigquery://project")
        assert for_app(address).has_own_means
        assert for_app(read_address("bigquery://project/web")).has_own_means
        for other in ("postgresql://other.example.com/shop", "snowflake://acc/db"):
            with pytest.raises(ValueNotAllowedError, match="not among the databases"):
                for_app(read_address(other))

    @pytest.mark.parametrize(
        "text",
        [
            "bigquery://project",
            "postgresql:///shop",
            "postgresql:///shop?host=/run/postgresql",
            "postgresql://a.example.com,b.example.com/shop",
        ],
    )
    def test_sockets_and_clouds_need_the_administrator(self, text):
        with pytest.raises(ValueNotAllowedError):
            for_app(read_address(text))

    def test_a_listed_host_can_not_be_swapped_by_a_parameter(self, monkeypatch):
        monkeypatch.setenv("PORTOLAN_WAREHOUSES", "postgresql://db.example.com/shop")
        with pytest.raises(ValueNotAllowedError, match="not among"):
            for_app(read_address("postgresql://db.example.com/shop?host=evil.example.com"))

    @pytest.mark.parametrize(
        ("listed", "given"),
        [
            ("snowflake://acme-prod/SALES", "snowflake://acme-prod/SALES?account=evil"),
            ("snowflake://acme-prod/SALES", "snowflake://acme-prod/SALES?role=ACCOUNTADMIN"),
            ("snowflake://acme-prod/SALES?role=READER", "snowflake://acme-prod/SALES"),
            ("snowflake://acme-prod", "snowflake://acme-prod?authenticator=https://evil"),
            ("snowflake://acme-prod", "snowflake://acme-prod?token_file_path=/run/token"),
            (
                "clickhouse://ch.acme.com/web",
                "clickhouse://ch.acme.com/web?https_proxy=http://evil",
            ),
            ("clickhouse://ch.acme.com/web", "clickhouse://ch.acme.com/web?database=hr"),
            ("clickhouse://h/web?secure=1", "clickhouse://h/web?secure=0&secure=1"),
            ("bigquery://acme/web", "bigquery://acme/web?project_id=other"),
            ("databricks://dbc.acme.com", "databricks://dbc.acme.com?server_hostname=evil.com"),
            (
                "databricks://?server_hostname=dbc.acme.com",
                "databricks://?server_hostname=evil.com",
            ),
        ],
    )
    def test_no_parameter_leads_past_a_listed_warehouse(self, listed, given, monkeypatch):
        monkeypatch.setenv("PORTOLAN_WAREHOUSES", listed)
        assert for_app(read_address(listed)).has_own_means
        with pytest.raises(ValueNotAllowedError, match="not among"):
            for_app(read_address(given))

    @pytest.mark.parametrize(
        ("listed", "given"),
        [
            ("snowflake://acme/SALES", "snowflake://ada@acme/SALES?warehouse=SMALL&table=events"),
            ("bigquery://acme", "bigquery://acme/web?location=EU"),
            ("clickhouse://h/web?secure=1", "clickhouse://ada@h/web?secure=1&password=own"),
            (
                "databricks://?server_hostname=h&http_path=/sql/1",
                "databricks://?http_path=/sql/1&server_hostname=h&access_token=own",
            ),
            (
                "snowflake://acme?authenticator=oauth",
                "snowflake://acme?authenticator=oauth&token=t",
            ),
        ],
    )
    def test_a_listed_warehouse_takes_what_leads_nowhere_else(self, listed, given, monkeypatch):
        monkeypatch.setenv("PORTOLAN_WAREHOUSES", listed)
        assert for_app(read_address(given)).has_own_means


def test_a_password_given_beside_the_address_does_not_replace_one_in_it():
    addresses = [read_address(text) for text in ("postgresql://h/d", "postgresql://a:b@h/d")]
    assert [signed_in(address, "x").password for address in addresses] == ["x", "b"]
