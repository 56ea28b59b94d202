"""The address of a data set on a cluster stands wherever the name of one does."""

import pytest

import journey
from journey import cli
from journey.cli import sources
from tests.runners.standalone import free_ports


def test_an_address_is_opened_as_such(monkeypatch, capsys, demo, workspace):
    assert demo
    opened = []

    def open_log(place):
        opened.append(place)
        return journey.open_log(workspace / "datasets" / "Demo")

    monkeypatch.setattr(sources, "journey", type("Journey", (), {"open_log": open_log}))
    assert cli.main(["outcomes", "spark://head:7077/data/Demo", "--format", "csv"]) == 0
    assert opened == ["spark://head:7077/data/Demo"]
    assert capsys.readouterr().out.startswith("outcome,n_journeys")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("spark://127.0.0.1:{port}/data/Spring", "Nothing answers at spark://127.0.0.1:{port}"),
        ("sc://127.0.0.1:{port}/data/Spring", "Nothing answers at sc://127.0.0.1:{port}"),
        ("spark://head/data/Spring", "does not say which port"),
        ("spark://head:7077", "is no address of a data set on a cluster"),
        ("sc://head:15002/", "is no address of a data set on a cluster"),
    ],
)
def test_what_is_wrong_with_an_address_is_one_line(capsys, address, words):
    (port,) = free_ports(1)
    assert cli.main(["summary", address.format(port=port)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words.format(port=port) in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.csv", "--add"], "a log on a cluster is made of all its files at once"),
        (["postgresql://host/db", "--table", "t"], "Export them as Parquet to storage"),
        (["a.csv", "--since", "2026-01-01"], "--since is for databases"),
        (["a.csv", "--where", "amount>1"], "--where is for databases"),
        (["a.csv"], "Nothing answers at spark://127.0.0.1:{port}"),
    ],
)
def test_what_an_import_on_a_cluster_can_not_do_is_one_line(capsys, arguments, words):
    (port,) = free_ports(1)
    into = f"spark://127.0.0.1:{port}/data/Spring"
    assert cli.main(["import", *arguments, "--into", into]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words.format(port=port) in err
    assert err.count("\n") == 1


def test_an_import_on_a_cluster_tells_what_it_did_and_no_token(
    monkeypatch, capsys, demo, workspace
):
    assert demo
    asked = {}

    def read_touchpoints(*paths, **options):
        asked.update(options, paths=paths)
        return journey.open_log(workspace / "datasets" / "Demo")

    monkeypatch.setattr(
        sources, "journey", type("Journey", (), {"read_touchpoints": read_touchpoints})
    )
    into = "sc://head:15002/;token=secret/data/Spring"
    assert cli.main(["import", "/data/*.csv", "--into", into, "--column", "account_id=who"]) == 0
    out, err = capsys.readouterr()
    assert (asked["paths"], asked["into"]) == (("/data/*.csv",), into)
    assert asked["columns"] == {"account_id": ["who"]}
    assert "kept" in out
    assert "sc://head:15002/data/Spring: 9 touchpoints in 3 journeys." in err
    assert "secret" not in out + err
