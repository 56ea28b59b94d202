import json

import pytest

from journey import cli
from journey.workspace import ROOT_VARIABLE
from tests.cli.commands import DEFINITIONS, TOUCHPOINTS, import_into

SET_ASIDE = "1 of 11 rows are set aside; `import` says which and why.\n"
"""What reading the small log says on standard error: one of its rows has no time."""


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
def ask(demo, capsys):
    """Run a command that must do well and give its text."""
    assert demo

    def run(*arguments):
        assert cli.main([str(argument) for argument in arguments]) == 0
        out, err = capsys.readouterr()
        assert err in ("", SET_ASIDE)
        return out

    return run


@pytest.fixture
def ask_json(ask):
    """Run a command for JSON as the standard has it: no NaN, no infinity."""

    def run(*arguments):
        return json.loads(ask(*arguments, "--format", "json"), parse_constant=_no_json)

    return run


def _no_json(constant):
    raise AssertionError(f"{constant} is not JSON")
