import io
import threading

import pytest

from journey.errors import ImportCancelledError, UnreadableFileError, ValueNotAllowedError
from journey.ingest.processes.progress import Progress
from journey.inventory import Entry, Inventory
from journey.ui.data.imports import (
    close_import,
    current_import,
    keep_uploads,
    safe_file_name,
    start_import,
)
from journey.ui.tasks import progress_text
from journey.workspace import dataset_path, load_inventory, save_inventory


class Upload(io.BytesIO):
    def __init__(self, name, content):
        super().__init__(content)
        self.name = name


@pytest.fixture
def incoming(tmp_path):
    return keep_uploads([Upload("ads.csv", b"a,b")], tmp_path)


def finished(job):
    for thread in threading.enumerate():
        if thread.name == "import":
            thread.join(10)
    return job


class TestKeepUploads:
    def test_content_is_copied_whole_even_if_it_was_read_before(self, tmp_path):
        upload = Upload("ads.csv", b"x" * 3_000_000)
        upload.read()
        kept = keep_uploads([upload], tmp_path)
        assert kept.files[0].read_bytes() == b"x" * 3_000_000

    def test_files_of_one_name_stay_apart(self, tmp_path):
        kept = keep_uploads([Upload("a.csv", b"1"), Upload("a.csv", b"2")], tmp_path)
        assert [path.read_bytes() for path in kept.files] == [b"1", b"2"]

    @pytest.mark.parametrize(
        ("name", "safe"),
        [
            ("../../etc/passwd.csv", "passwd.csv"),
            ("C:\\data\\ads.csv", "ads.csv"),
            ("..", "file"),
            ("", "file"),
            (".bashrc", "bashrc"),
            ("a\0b\n.csv", "a_b_.csv"),
            ("公司 2026.xlsx", "公司 2026.xlsx"),
            ("x" * 100 + ".csv", "x" * 76 + ".csv"),
        ],
    )
    def test_names_can_not_leave_their_folder(self, tmp_path, name, safe):
        assert safe_file_name(name) == safe
        kept = keep_uploads([Upload(name, b"")], tmp_path)
        assert kept.files[0].resolve().parent == (kept.folder / "1").resolve()


class TestImport:
    def test_a_finished_import_leaves_the_data_set_and_no_upload(self, tmp_path, incoming):
        def read(*paths, into, progress, cancelled, dates):
            progress(Progress("reading", "ads.csv", 1, 2))
            into.mkdir()
            assert dates == "day-first"
            assert not cancelled()
            assert [path.read_bytes() for path in paths] == [b"a,b"]

        job = finished(
            start_import(
                incoming, dataset="Ads", root=tmp_path, options={"dates": "day-first"}, read=read
            )
        )
        assert (job.state, job.progress.n_rows) == ("done", 1)
        assert (tmp_path / "datasets" / "Ads").is_dir()
        assert not incoming.folder.exists()
        assert current_import(tmp_path) is job
        close_import(tmp_path)
        assert current_import(tmp_path) is None

    def test_an_inventory_among_the_files_is_kept_beside_the_data_set(self, tmp_path):
        def read(*paths, into, **_options):
            assert [path.name for path in paths] == ["ads.csv"]
            into.mkdir()

        listed = Upload("list.csv", b"content,stage\nGuide,Nurture\n")
        kept = keep_uploads([Upload("ads.csv", b"a,b"), listed], tmp_path)
        job = finished(start_import(kept, dataset="Ads", root=tmp_path, options={}, read=read))
        assert (job.state, job.result) == ("done", "1 content listed.")
        assert load_inventory(tmp_path, "Ads").entries == (Entry("Guide", stage="Nurture"),)

    def test_an_import_that_fails_keeps_the_list_before(self, tmp_path):
        def read(*_paths, **_options):
            raise UnreadableFileError("no")

        before = Inventory((Entry("Old"),))
        dataset_path(tmp_path, "Ads").mkdir(parents=True)
        save_inventory(tmp_path, "Ads", before)
        listed = Upload("list.csv", b"content,stage\nGuide,Nurture\n")
        kept = keep_uploads([Upload("ads.csv", b"a,b"), listed], tmp_path)
        finished(start_import(kept, dataset="Ads", root=tmp_path, options={}, read=read))
        assert load_inventory(tmp_path, "Ads") == before

    def test_an_error_of_ours_is_told_and_the_files_are_kept(self, tmp_path, incoming):
        def read(*_paths, **_options):
            raise UnreadableFileError("ads.csv has no column of times.")

        job = finished(start_import(incoming, dataset="Ads", root=tmp_path, options={}, read=read))
        assert (job.state, job.message) == ("failed", "ads.csv has no column of times.")
        assert incoming.files[0].exists()

    def test_any_other_error_is_logged_and_told_without_details(self, tmp_path, incoming, caplog):
        def read(*_paths, **_options):
            raise ZeroDivisionError("secret")

        job = finished(start_import(incoming, dataset="Ads", root=tmp_path, options={}, read=read))
        assert job.state == "failed"
        assert "secret" not in job.message
        assert "secret" in caplog.text

    def test_cancelling_ends_it_and_keeps_the_files(self, tmp_path, incoming):
        def read(*_paths, cancelled, **_options):
            while not cancelled():
                stopping.wait(0.01)
            raise ImportCancelledError("stopped")

        stopping = threading.Event()
        job = start_import(incoming, dataset="Ads", root=tmp_path, options={}, read=read)
        with pytest.raises(ValueNotAllowedError, match="still running"):
            start_import(incoming, dataset="More", root=tmp_path, options={}, read=read)
        close_import(tmp_path)
        assert current_import(tmp_path) is job
        job.stop.set()
        assert finished(job).state == "cancelled"
        assert incoming.files[0].read_bytes() == b"a,b"

    def test_a_name_that_is_a_path_is_refused(self, tmp_path, incoming):
        with pytest.raises(ValueNotAllowedError):
            start_import(incoming, dataset="../x", root=tmp_path, options={})


@pytest.mark.parametrize(
    ("progress", "text"),
    [
        (None, "Starting"),
        (Progress("columns", "", 0, None), "Looking at columns"),
        (Progress("cleaning", "", 1200, 5000), "Cleaning: 1,200 of 5,000 rows"),
    ],
)
def test_progress_in_words(progress, text):
    assert progress_text(progress) == text
