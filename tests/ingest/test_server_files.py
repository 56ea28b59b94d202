import os
import socket
from pathlib import Path

import pytest

from journey.errors import UnreadableFileError, ValueNotAllowedError
from journey.ingest import server_files as module
from journey.ingest.server_files import (
    FOLDERS_VARIABLE,
    allowed_folders,
    checked_path,
    copy_file,
    files_in,
    folders_in,
)

ENDINGS = ("csv", "gz")


@pytest.fixture
def place(tmp_path):
    """An allowed folder with exports, beside a secret."""
    root = tmp_path.resolve()
    inside = root / "exports"
    (inside / "2026" / "may").mkdir(parents=True)
    (inside / "ads.csv").write_text("ads")
    (inside / "2026" / "may" / "web.csv").write_text("web")
    (root / "secret.csv").write_text("secret")
    (root / "exports2").mkdir()
    (root / "exports2" / "other.csv").write_text("secret")
    return inside


class TestAllowed:
    def test_none_is_allowed_unless_it_is_named(self, monkeypatch):
        monkeypatch.delenv(FOLDERS_VARIABLE, raising=False)
        assert allowed_folders() == ()
        monkeypatch.setenv(FOLDERS_VARIABLE, os.pathsep)
        assert allowed_folders() == ()

    def test_folders_that_are_there_each_once(self, monkeypatch, place):
        named = (place, place / "2026", place / "gone", place / "ads.csv", "exports", place)
        monkeypatch.setenv(FOLDERS_VARIABLE, os.pathsep.join(map(str, named)))
        monkeypatch.chdir(place.parent)
        assert allowed_folders() == (place, place / "2026")


class TestChecked:
    def test_what_lies_inside_is_given_without_detours(self, place):
        assert checked_path(place / "2026" / ".." / "ads.csv", [place]) == place / "ads.csv"
        assert checked_path(place, [place]) == place

    @pytest.mark.parametrize(
        "path",
        [
            "..",
            "../secret.csv",
            "2026/../../secret.csv",
            "../exports2/other.csv",
            "/etc/passwd",
            "/proc/self/environ",
            "/dev/zero",
            "gone.csv",
            "a\0b.csv",
        ],
    )
    def test_what_lies_outside_or_nowhere_is_refused(self, place, path):
        with pytest.raises(ValueNotAllowedError):
            checked_path(place / path, [place])

    def test_so_is_a_path_that_depends_on_where_the_server_stands(self, place, monkeypatch):
        monkeypatch.chdir(place)
        with pytest.raises(ValueNotAllowedError):
            checked_path(Path("ads.csv"), [place])

    def test_links_are_followed_only_inside(self, place):
        (place / "inside.csv").symlink_to(place / "ads.csv")
        (place / "outside.csv").symlink_to(place.parent / "secret.csv")
        (place / "out").symlink_to(place.parent)
        (place / "ring.csv").symlink_to(place / "ring.csv")
        assert checked_path(place / "inside.csv", [place]) == place / "ads.csv"
        for path in ("outside.csv", "out", "out/secret.csv", "ring.csv"):
            with pytest.raises(ValueNotAllowedError):
                checked_path(place / path, [place])

    def test_without_a_folder_nothing_is_allowed(self, place):
        with pytest.raises(ValueNotAllowedError):
            checked_path(place / "ads.csv", [])


class TestListing:
    def test_folders_without_hidden_ones_and_links(self, place):
        (place / ".git").mkdir()
        (place / "out").symlink_to(place.parent)
        assert folders_in(place) == [place, place / "2026", place / "2026" / "may"]

    def test_only_files_that_can_be_imported(self, place):
        for name in ("b.CSV", "c.csv.gz", ".d.csv", "e.pdf"):
            (place / name).write_text("")
        (place / "f.csv").mkdir()
        os.mkfifo(place / "g.csv")
        (place / "h.csv").symlink_to(place.parent / "secret.csv")
        found = files_in(place, [place], endings=ENDINGS)
        assert [path.name for path in found] == ["ads.csv", "b.CSV", "c.csv.gz"]

    def test_a_folder_outside_is_not_listed(self, place):
        with pytest.raises(ValueNotAllowedError):
            files_in(place.parent, [place], endings=ENDINGS)


class TestCopying:
    def test_a_file_is_copied_as_it_is(self, place, tmp_path):
        copy_file(place / "ads.csv", [place], tmp_path / "copy")
        assert (tmp_path / "copy").read_text() == "ads"

    @pytest.mark.parametrize("kind", ["pipe", "socket", "folder"])
    def test_what_is_no_ordinary_file_is_refused_without_waiting(self, place, tmp_path, kind):
        odd = place / "odd.csv"
        if kind == "pipe":
            os.mkfifo(odd)
        elif kind == "folder":
            odd.mkdir()
        else:
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(os.path.relpath(odd))
        with pytest.raises((UnreadableFileError, IsADirectoryError)):
            copy_file(odd, [place], tmp_path / "copy")
        assert not (tmp_path / "copy").exists()

    def test_a_folder_swapped_for_a_link_after_the_check_leads_nowhere(
        self, place, tmp_path, monkeypatch
    ):
        (place / "2026" / "secret.csv").write_text("harmless")
        check, calls = module.checked_path, []

        def swapping(path, allowed):
            found = check(path, allowed)
            if not calls:
                (place / "2026").rename(place / "old")
                (place / "2026").symlink_to(place.parent)
            calls.append(path)
            return found

        monkeypatch.setattr(module, "checked_path", swapping)
        with pytest.raises(ValueNotAllowedError):
            copy_file(place / "2026" / "secret.csv", [place], tmp_path / "copy")
        assert not (tmp_path / "copy").exists()
