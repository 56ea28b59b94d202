"""Files of the server on the upload page, and files added to a data set that is here."""

import pytest
import streamlit as st

import journey
from journey.errors import ValueNotAllowedError
from journey.ui.data.server_folders import copy_from_server, folder_names
from tests.ui import pages
from tests.ui.data.test_imports import finished
from tests.ui.pages import checked, said

APRIL = "account,when,event\nA,2026-04-02,Ad\nA,2026-04-05,Demo\n"
MAY = "account,when,event\nA,2026-04-05,Demo\nB,2026-05-03,Ad\n"


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    root = tmp_path / "workspace"
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(root))
    monkeypatch.delenv("PORTOLAN_FOLDERS", raising=False)
    st.cache_resource.clear()
    return root


@pytest.fixture
def exports(tmp_path, monkeypatch):
    folder = tmp_path / "exports"
    (folder / "2026").mkdir(parents=True)
    (folder / "april.csv").write_text(APRIL)
    (folder / "may.csv").write_text(MAY)
    (folder / "out.csv").symlink_to("/etc/passwd")
    monkeypatch.setenv("PORTOLAN_FOLDERS", str(folder))
    return folder.resolve()


def press(app, label):
    return checked(next(one for one in app.button if one.label == label).click().run())


def opened():
    return pages.opened("data/upload")


class TestOnThePage:
    def test_without_folders_it_is_told_how_to_allow_some(self):
        assert "set `PORTOLAN_FOLDERS` to their paths" in said(opened())

    @pytest.mark.usefixtures("exports")
    def test_a_folder_means_all_its_files_and_some_can_be_chosen(self, workspace):
        app = opened()
        assert app.selectbox(key="server:folder").options == ["exports", "exports/2026"]
        files = app.multiselect(key="server:files:exports")
        assert files.value == ["april.csv", "may.csv"]
        checked(files.set_value(["april.csv"]).run())
        app = press(app, "Take 1 file")
        (copy,) = (path for path in (workspace / "incoming").rglob("*") if path.is_file())
        assert (copy.name, copy.read_text()) == ("april.csv", APRIL)
        assert app.text_input[0].value == "april"

    @pytest.mark.usefixtures("exports")
    def test_a_folder_without_exports_says_so(self):
        app = opened()
        checked(app.selectbox(key="server:folder").set_value("exports/2026").run())
        assert "No file here is an export that can be read." in said(app)


class TestCopies:
    def test_all_or_none_are_copied(self, exports, workspace):
        with pytest.raises(ValueNotAllowedError):
            copy_from_server([exports / "april.csv", exports / "out.csv"], [exports], workspace)
        assert list((workspace / "incoming").iterdir()) == []

    def test_folders_of_one_name_are_told_apart(self, tmp_path):
        one, two = tmp_path / "a" / "data", tmp_path / "b" / "data"
        for folder in (one, two):
            folder.mkdir(parents=True)
        assert list(folder_names([one, two])) == [str(one), str(two)]


class TestAdding:
    @pytest.fixture
    def spring(self, workspace, exports):
        folder = workspace / "datasets" / "Spring"
        journey.read_touchpoints(exports / "april.csv", into=folder)
        (exports / "april.csv").unlink()
        return folder

    def test_more_files_are_added_and_what_overlapped_is_told(self, spring, workspace):
        app = press(opened(), "Take 1 file")
        checked(app.segmented_control[0].set_value("More of one that is here").run())
        press(app, "Import as proposed")
        finished(None)
        text = said(checked(app.run()))
        assert (
            "2 rows added: 1 new touchpoint, 1 overlapping with what was there and removed." in text
        )
        assert "Touchpoints: 2 before, 3 now. Journeys: 1 before, 2 now." in text
        assert journey.open_log(spring).n_touchpoints == 3
        assert list((workspace / "incoming").iterdir()) == []

    def test_where_there_is_no_data_set_nothing_is_asked(self, exports):
        assert exports
        app = press(opened(), "Take 2 files")
        assert len(app.segmented_control) == 0
