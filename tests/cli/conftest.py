import json
import re

import pytest

from journey import cli
from journey.workspace import ROOT_VARIABLE
from tests.cli.commands import DEFINITIONS, TOUCHPOINTS, import_into

NOTES = re.compile(
    r"(1 of 11 rows set aside; `import` says which and why\.\n)?(As of .*20.* UTC\.\n)?"
)
"""What may stand on standard error: one row of the small log has no time; when it is read."""


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    (folder / "touchpoints.csv").write_text(TOUCHPOINTS, encoding="utf-8")
    (folder / "definitions.toml").write_text(DEFINITIONS, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def workspace(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(autouse=True)
def _in_workspace(workspace, monkeypatch):
    monkeypatch.setenv(ROOT_VARIABLE, str(workspace))


@pytest.fixture(scope="session")
def demo(workspace, files):
    """What the import of the small log says; later tests ask the data set by its name."""
    model = files / "definitions.toml"
    return import_into(
        workspace, files / "touchpoints.csv", "--into", "Demo", "--definitions", model
    )


@pytest.fixture
def tell(demo, capsys):
    """Run a command that must do well and give what it writes on stdout and stderr."""
    assert demo

    def run(*arguments):
        assert cli.main([str(argument) for argument in arguments]) == 0
        return capsys.readouterr()

    return run


@pytest.fixture
def ask(tell):
    """Run a command that must do well and give its text; there is nothing to warn of."""

    def run(*arguments):
        out, err = tell(*arguments)
        assert NOTES.fullmatch(err)
        return out

    return run


@pytest.fixture
def ask_json(ask):
    """Run a command for JSON as the standard has it: no NaN, no infinity."""
    return lambda *arguments: _strict(ask(*arguments, "--format", "json"))


@pytest.fixture
def tell_json(tell):
    """Do the same for a command that has something to say beside its answer."""
    return lambda *arguments: _strict(tell(*arguments, "--format", "json").out)


def _strict(text):
    return json.loads(text, parse_constant=_no_json)


def _no_json(constant):
    raise AssertionError(f"{constant} is not JSON")
