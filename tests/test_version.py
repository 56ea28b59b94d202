import tomllib
from pathlib import Path

from journey.version import VERSION


def test_the_version_is_that_of_the_package():
    package = Path(__file__).parents[1] / "pyproject.toml"
    assert tomllib.loads(package.read_text(encoding="utf-8"))["project"]["version"] == VERSION
