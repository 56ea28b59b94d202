"""The example of the README runs as it stands there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_example_draws_a_map(tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    for file in (ROOT / "sample_data").glob("*.csv"):
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    known: dict[str, object] = {}
    exec(code, known)  # noqa: S102 -- our own README
    assert (tmp_path / "map.svg").read_text("utf-8").startswith("<svg")
    assert len(known["late"]) > 0
