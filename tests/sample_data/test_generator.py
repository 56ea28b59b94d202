"""The generator gives the committed files, byte for byte."""

import subprocess
import sys

from tests.sample_data.conftest import FOLDER


def test_generating_again_gives_the_same_bytes(tmp_path):
    done = subprocess.run(
        [sys.executable, str(FOLDER / "generate.py"), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv")}
    assert written == {path.relative_to(FOLDER) for path in FOLDER.rglob("*.csv")}
    for name in sorted(written):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name
