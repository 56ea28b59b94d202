import os
import threading
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.costs import entered_fingerprint, read_entered
from journey.definitions import Definitions, load_definitions
from journey.errors import StoreError, ValueNotAllowedError
from journey.inventory import Entry, Inventory
from journey.kept import SavedView, load_views, save_view
from journey.store.replace import locked, replace_directory, scratch_beside
from journey.workspace import (
    ROOT_VARIABLE,
    checked_name,
    dataset_path,
    incoming_folder,
    list_datasets,
    load_inventory,
    remove_dataset,
    save_definitions,
    save_entered_costs,
    save_inventory,
    workspace_root,
)

VIEW = SavedView("stages", {"from": ["2026-01-01"]})


class TestNames:
    @pytest.mark.parametrize(
        "name", ["Spring", "2026 export", "a-b_c", "โพรโตลัน", "公司", "x" * 80, 72 * "公"]
    )
    def test_ordinary_names_are_kept(self, name):
        assert checked_name(name) == name

    @pytest.mark.parametrize(
        "name",
        [
            "",
            " ",
            "..",
            ".hidden",
            "a/b",
            "a\\b",
            "a.b",
            "a ",
            " a",
            "_a",
            "a\n",
            "a\0b",
            "CON",
            "x" * 81,
            73 * "公",
            "\ud800",
        ],
    )
    def test_names_that_could_be_paths_are_refused(self, name):
        with pytest.raises(ValueNotAllowedError, match="can't be used"):
            checked_name(name)

    @given(st.text(max_size=100))
    def test_a_data_set_lies_right_in_its_folder_or_is_refused(self, tmp_path_factory, name):
        root = tmp_path_factory.getbasetemp()
        try:
            path = dataset_path(root, name)
        except ValueNotAllowedError:
            return
        assert path.resolve().parent == (root / "datasets").resolve()
        assert path.name == name


class TestRoot:
    def test_the_variable_decides(self, monkeypatch, tmp_path):
        monkeypatch.setenv(ROOT_VARIABLE, str(tmp_path))
        assert workspace_root() == tmp_path

    def test_without_it_the_home_folder_holds_it(self, monkeypatch, tmp_path):
        monkeypatch.delenv(ROOT_VARIABLE, raising=False)
        monkeypatch.setenv("HOME", str(tmp_path))
        assert workspace_root() == tmp_path / ".portolan"


class TestDatasets:
    def test_lists_folders_with_valid_names_only(self, tmp_path):
        for name in ("beta", "Alpha", ".beta-1234", "datasets.old"):
            (tmp_path / "datasets" / name).mkdir(parents=True)
        (tmp_path / "datasets" / "file").write_text("")
        assert list_datasets(tmp_path) == ["Alpha", "beta"]

    def test_an_empty_workspace_has_none(self, tmp_path):
        assert list_datasets(tmp_path) == []

    def test_removing_takes_the_data_set_and_its_views(self, tmp_path):
        for name in ("one", "two"):
            dataset_path(tmp_path, name).mkdir(parents=True)
            save_view(tmp_path, name, "mine", VIEW)
        remove_dataset(tmp_path, "one")
        assert list_datasets(tmp_path) == ["two"]
        assert load_views(tmp_path, "one") == {}
        assert load_views(tmp_path, "two") == {"mine": VIEW}
        assert [entry.name for entry in (tmp_path / "datasets").iterdir()] == ["two"]

    def test_nothing_is_listed_for_one_that_is_gone(self, tmp_path):
        with pytest.raises(StoreError, match="There is no data set 'one' to keep anything for"):
            save_inventory(tmp_path, "one", Inventory((Entry("Guide"),)))
        assert load_inventory(tmp_path, "one") == Inventory()

    def test_a_removal_cut_short_leaves_nothing_to_a_later_one_of_its_name(
        self, tmp_path, monkeypatch
    ):
        dataset_path(tmp_path, "one").mkdir(parents=True)
        save_view(tmp_path, "one", "mine", VIEW)
        save_inventory(tmp_path, "one", Inventory((Entry("Guide"),)))

        def killed(*_):
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", killed)
            with pytest.raises(KeyboardInterrupt):
                remove_dataset(tmp_path, "one")
        assert load_views(tmp_path, "one") == {}
        assert load_inventory(tmp_path, "one") == Inventory()
        assert list_datasets(tmp_path) == ["one"]

    def test_nothing_is_kept_for_one_that_is_gone(self, tmp_path):
        with pytest.raises(StoreError, match="no data set 'one' to keep anything for"):
            save_view(tmp_path, "one", "mine", VIEW)
        assert load_views(tmp_path, "one") == {}

    def test_it_waits_while_something_is_kept_beside_it(self, tmp_path):
        dataset_path(tmp_path, "one").mkdir(parents=True)
        save_view(tmp_path, "one", "mine", VIEW)
        removing = threading.Thread(target=remove_dataset, args=(tmp_path, "one"))
        with locked(tmp_path / "views"):
            removing.start()
            removing.join(0.2)
            assert list(load_views(tmp_path, "one")) == ["mine"]
        removing.join(60)
        assert (list_datasets(tmp_path), load_views(tmp_path, "one")) == ([], {})

    def test_a_name_of_the_longest_kind_can_be_written(self, tmp_path):
        target = dataset_path(tmp_path, 72 * "公")
        with scratch_beside(target) as scratch:
            (scratch / "data").mkdir()
            replace_directory(scratch / "data", target)
        assert list_datasets(tmp_path) == [72 * "公"]

    def test_removing_what_is_not_there_says_what_is(self, tmp_path):
        dataset_path(tmp_path, "one").mkdir(parents=True)
        with pytest.raises(StoreError, match=r"no data set 'two'.*one"):
            remove_dataset(tmp_path, "two")


def test_incoming_folders_are_private_and_never_the_same(tmp_path):
    first, second = incoming_folder(tmp_path), incoming_folder(tmp_path)
    assert first != second
    assert first.stat().st_mode & 0o077 == 0


def test_an_upload_that_is_removed_meanwhile_is_no_error(tmp_path, monkeypatch):
    gone = incoming_folder(tmp_path)
    entries = Path.iterdir

    def removed_meanwhile(folder):
        found = list(entries(folder))
        gone.rmdir()
        return iter(found)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "iterdir", removed_meanwhile)
        assert incoming_folder(tmp_path).is_dir()


def test_forgotten_uploads_go_after_two_days(tmp_path):
    old, recent = incoming_folder(tmp_path), incoming_folder(tmp_path)
    os.utime(old, (time.time() - 2 * 86_400 - 60,) * 2)
    os.utime(recent, (time.time() - 86_400,) * 2)
    incoming_folder(tmp_path)
    assert (old.exists(), recent.exists()) == (False, True)


class TestDefinitions:
    def test_they_are_saved_whole_or_not_at_all(self, tmp_path, monkeypatch):
        folder = dataset_path(tmp_path, "log")
        folder.mkdir(parents=True)
        save_definitions(tmp_path, "log", Definitions(won=("Deal",)))

        def fail(_handle):
            raise OSError("disk full")

        monkeypatch.setattr("os.fsync", fail)
        with pytest.raises(OSError, match="disk full"):
            save_definitions(tmp_path, "log", Definitions(won=("Other",)))
        assert load_definitions(folder / "definitions.toml").won == ("Deal",)
        assert [file.name for file in folder.iterdir()] == ["definitions.toml"]

    def test_a_data_set_that_is_gone_is_not_made_anew(self, tmp_path):
        with pytest.raises(StoreError, match="no data set 'log'"):
            save_definitions(tmp_path, "log", Definitions())
        assert not dataset_path(tmp_path, "log").exists()

    def test_what_somebody_else_saved_meanwhile_stays(self, tmp_path):
        folder = dataset_path(tmp_path, "log")
        folder.mkdir(parents=True)
        first, theirs, ours = (Definitions(won=(name,)) for name in ("Deal", "Theirs", "Ours"))
        # There is nothing to lose where no definitions are kept.
        save_definitions(tmp_path, "log", first, instead_of=Definitions().fingerprint)
        save_definitions(tmp_path, "log", theirs, instead_of=first.fingerprint)
        with pytest.raises(StoreError, match="definitions of 'log' were changed meanwhile"):
            save_definitions(tmp_path, "log", ours, instead_of=first.fingerprint)
        assert load_definitions(folder / "definitions.toml") == theirs
        # The same again, as by a second press of the button, changes nothing.
        save_definitions(tmp_path, "log", theirs, instead_of=first.fingerprint)

    def test_it_waits_while_the_data_set_is_replaced(self, tmp_path):
        folder = dataset_path(tmp_path, "log")
        folder.mkdir(parents=True)
        saving = threading.Thread(target=save_definitions, args=(tmp_path, "log", Definitions()))
        with locked(folder.parent):
            saving.start()
            saving.join(0.2)
            assert not list(folder.iterdir())
        saving.join(60)
        assert [file.name for file in folder.iterdir()] == ["definitions.toml"]


def test_costs_that_somebody_else_entered_meanwhile_stay(tmp_path):
    folder = dataset_path(tmp_path, "log")
    folder.mkdir(parents=True)
    rows = [{"month": "2026-01", "kind": "labour", "cost": n, "currency": "EUR"} for n in (1, 2)]
    before = entered_fingerprint(folder)
    save_entered_costs(tmp_path, "log", pd.DataFrame(rows[:1]), instead_of=before)
    with pytest.raises(StoreError, match="costs of 'log' were changed meanwhile"):
        save_entered_costs(tmp_path, "log", pd.DataFrame(rows[1:]), instead_of=before)
    assert read_entered(folder)["cost"].tolist() == [1]
    save_entered_costs(tmp_path, "log", pd.DataFrame(rows), instead_of=entered_fingerprint(folder))
    assert read_entered(folder)["cost"].tolist() == [1, 2]
