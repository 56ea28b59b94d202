import shutil
import threading

import pandas as pd
import pytest

from journey.costs import ENTERED_FILE
from journey.definitions import Definitions
from journey.errors import ImportCancelledError, StoreError
from journey.ingest import add_touchpoints, read_touchpoints, rebuild
from journey.ingest.processes.turns import batches_of, check_unchanged, own_turn
from journey.load import open_log
from journey.store import replace
from journey.workspace import save_definitions, save_entered_costs

HEAD = "account,time,event\n"
EDITED = Definitions(won=("Ad",))
COST = {"month": "2024-01", "kind": "labour", "cost": 3, "currency": "EUR"}


@pytest.fixture
def dataset(tmp_path):
    path = tmp_path / "first.csv"
    path.write_text(HEAD + "A,2024-01-02 10:00,Ad\n", encoding="utf-8")
    read_touchpoints(path, into=tmp_path / "datasets" / "set")
    return tmp_path / "datasets" / "set"


def test_of_two_additions_at_once_none_is_lost(tmp_path, dataset):
    paths = [tmp_path / f"{name}.csv" for name in ("demo", "call")]
    for path in paths:
        path.write_text(f"{HEAD}A,2024-01-03 10:00,{path.stem}\n", encoding="utf-8")
    adding = [threading.Thread(target=add_touchpoints, args=(dataset, path)) for path in paths]
    for thread in adding:
        thread.start()
    for thread in adding:
        thread.join()
    assert sorted(batches_of(dataset)) == ["0001", "0002", "0003"]


def test_waiting_for_a_turn_can_be_stopped(tmp_path):
    with (
        own_turn(tmp_path),
        pytest.raises(ImportCancelledError),
        own_turn(tmp_path, lambda: True),
    ):
        pass
    with own_turn(tmp_path, lambda: True):
        pass


def test_a_turn_is_of_the_folder_that_took_the_place_of_the_one_waited_for(tmp_path):
    place, new = tmp_path / "set", tmp_path / "new"
    place.mkdir()
    new.mkdir()
    waiting, entered = threading.Event(), threading.Event()

    def asked():
        waiting.set()
        return False

    def wait():
        with own_turn(place, asked):
            entered.set()

    with own_turn(place):
        thread = threading.Thread(target=wait)
        thread.start()
        assert waiting.wait(60)
        place.rename(tmp_path / "old")
        new.rename(place)
        with own_turn(place):
            pass
    thread.join(60)
    assert entered.is_set()


def test_a_set_made_from_something_else_meanwhile_is_not_replaced(dataset):
    before = batches_of(dataset)
    check_unchanged(dataset, before)
    shutil.copytree(dataset / "sources" / "0001", dataset / "sources" / "0002")
    with pytest.raises(StoreError, match="changed meanwhile"):
        check_unchanged(dataset, before)
    shutil.rmtree(dataset)
    with pytest.raises(StoreError, match="changed meanwhile"):
        check_unchanged(dataset, before)


@pytest.fixture
def edited_at_the_last_moment(dataset, monkeypatch):
    """Lets somebody save definitions and costs while the disk is asked to keep the new data."""
    sync, costs = replace._sync, pd.DataFrame([COST])

    def sync_and_edit(path):
        if "new" in str(path) and not (dataset / ENTERED_FILE).exists():
            save_definitions(dataset.parents[1], "set", EDITED)
            save_entered_costs(dataset.parents[1], "set", costs)
        sync(path)

    monkeypatch.setattr(replace, "_sync", sync_and_edit)


@pytest.mark.usefixtures("edited_at_the_last_moment")
class TestEditsMeanwhile:
    def test_an_addition_keeps_them(self, tmp_path, dataset):
        path = tmp_path / "second.csv"
        path.write_text(HEAD + "A,2024-01-03 10:00,Demo\n", encoding="utf-8")
        log = add_touchpoints(dataset, path)
        assert (log.n_touchpoints, log.definitions) == (2, EDITED)
        assert log.costs["cost"].tolist() == [3]

    def test_other_rules_do_not_take_their_place(self, dataset):
        with pytest.raises(StoreError, match="definitions of 'set' were changed meanwhile"):
            rebuild(dataset, definitions=Definitions(won=("Demo",)))
        log = open_log(dataset)
        assert (log.definitions, log.costs["cost"].tolist()) == (EDITED, [3])
