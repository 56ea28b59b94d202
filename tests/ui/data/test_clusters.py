"""Data sets on a cluster, kept as addresses."""

import pandas as pd
import pytest

import journey
from journey.definitions import Definitions, Stage, dumps
from journey.errors import ValueNotAllowedError
from journey.load import DEFINITIONS_FILE, from_frame
from journey.ui.data import far_imports
from journey.ui.data.clusters import (
    checked_address,
    is_on_cluster,
    keep_address,
    opened_on_cluster,
)

ADDRESS = "spark://head:7077/data/Spring"


@pytest.fixture
def asked(monkeypatch):
    """What the library is asked to open; it gives a small log."""
    addresses = []
    times = pd.to_datetime(["2026-01-01"])
    log = from_frame(pd.DataFrame({"account_id": "a", "occurred_at": times, "touchpoint": "Demo"}))

    def open_log(address):
        addresses.append(address)
        return log

    monkeypatch.setattr(journey, "open_log", open_log)
    monkeypatch.setenv("PORTOLAN_CLUSTERS", "sc://other:15002 spark://head:7077")
    return addresses


@pytest.mark.parametrize(
    "address", ["spark://head:7077", "spark://head:70771/data", "spark://evil:7077/data", "/data"]
)
@pytest.mark.usefixtures("asked")
def test_only_clusters_that_are_allowed(address):
    with pytest.raises(ValueNotAllowedError, match="not on a cluster that the administrator"):
        checked_address(address)


def test_without_a_list_no_cluster_is_allowed(monkeypatch):
    monkeypatch.delenv("PORTOLAN_CLUSTERS", raising=False)
    with pytest.raises(ValueNotAllowedError):
        checked_address(ADDRESS)


def test_an_address_is_kept_under_a_name_and_opened(asked, tmp_path):
    keep_address(ADDRESS, "Spring", tmp_path)
    folder = tmp_path / "datasets" / "Spring"
    assert is_on_cluster(folder)
    assert opened_on_cluster(folder).n_touchpoints == 1
    assert asked == [ADDRESS]
    with pytest.raises(ValueNotAllowedError, match="'Spring' is here"):
        keep_address(ADDRESS, "Spring", tmp_path)


@pytest.mark.usefixtures("asked")
def test_definitions_edited_here_are_those_of_the_log(tmp_path):
    keep_address(ADDRESS, "Spring", tmp_path)
    folder = tmp_path / "datasets" / "Spring"
    model = Definitions(stages=(Stage("Aware"), Stage("Won")))
    (folder / DEFINITIONS_FILE).write_text(dumps(model), encoding="utf-8")
    assert opened_on_cluster(folder).definitions.stages == model.stages


def test_a_cluster_that_is_allowed_no_more_is_not_asked(asked, monkeypatch, tmp_path):
    keep_address(ADDRESS, "Spring", tmp_path)
    monkeypatch.setenv("PORTOLAN_CLUSTERS", "")
    with pytest.raises(ValueNotAllowedError):
        opened_on_cluster(tmp_path / "datasets" / "Spring")
    assert asked == []


def test_far_files_whose_short_names_are_one_are_all_looked_at(monkeypatch, tmp_path):
    samples = {"a/b.csv": b"x\n1\n", "a b.csv": b"y\n2\n"}
    monkeypatch.setattr(far_imports, "sample_far", lambda *_: samples)
    monkeypatch.setattr(far_imports, "checked_files", lambda *_: list(samples))
    incoming = far_imports.look_at_far("spark://head:7077", list(samples), tmp_path)
    assert list(incoming.far.names.values()) == list(samples)
    assert [path.read_bytes() for path in incoming.files] == list(samples.values())
