"""No name in data becomes Markdown: neither a picture from elsewhere nor a link is drawn."""

import re

import pyarrow as pa
import pytest

import journey
from journey.load import DEFINITIONS_FILE
from journey.store.encode import Encoding
from journey.store.write import _write_contents
from journey.ui.navigation import PAGES
from tests.ui.pages import checked, choose, opened

DRAWN = "![x](https://elsewhere.example/x.png)"
KEPT = ("industry", "employees", "role", "seniority")
"""Columns that the sample's rules ask for by name."""


def hostile(values):
    """Every name followed by a picture."""
    return pa.array([None if one is None else f"{one} {DRAWN}" for one in values.to_pylist()])


def hostile_table(table):
    """A table of accounts or people whose names and headers are followed by a picture."""
    columns = {}
    for name, values in zip(table.column_names, table.columns, strict=True):
        is_told = name.endswith("_id") or not pa.types.is_string(values.type)
        named = name if name in KEPT or name.endswith("_id") else f"{name} {DRAWN}"
        columns[named] = values if is_told else hostile(values)
    return pa.table(columns)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, sample_dataset):
    root = tmp_path_factory.mktemp("workspace")
    directory = root / "datasets" / "Hostile"
    directory.mkdir(parents=True)
    held = journey.open_log(sample_dataset).origin
    names = {name: hostile(values) for name, values in held.dictionaries.items()}
    encoding = Encoding(names, held.shards[0].ticks.dtype, held.ticks_per_second)
    tables = {"accounts": hostile_table(held.accounts), "people": hostile_table(held.people)}
    _write_contents(directory, held.shards, encoding, tables, None)
    told = (sample_dataset / DEFINITIONS_FILE).read_text(encoding="utf-8")
    changed = re.sub(r'"([A-Z][^"\n]*)"', rf'"\1 {DRAWN}"', told)
    (directory / DEFINITIONS_FILE).write_text(changed, encoding="utf-8")
    return root


def drawn(app):
    """What a page hands on to be drawn as Markdown with a picture in it."""
    found = []
    nodes = (node for node in (*app.main, *app.sidebar) if node.type != "html")
    for node in nodes:
        proto = getattr(node, "proto", None)
        found += [getattr(proto, field, None) for field in ("body", "label", "help", "message")]
        if node.type == "button_group":
            found += [option.content for option in proto.options]
    return [text for text in found if text and DRAWN in str(text)]


def views_of(app):
    """The views of a page beside the one that is shown."""
    controls = (one for one in app.get("button_group") if one.label == "View")
    return next((list(one.options[1:]) for one in controls), [])


@pytest.mark.parametrize("page", [entry.path for entry in PAGES])
def test_names_are_drawn_as_they_are(page, workspace, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(workspace))
    app = checked(opened(page.removeprefix("pages/").removesuffix(".py"), "Hostile"))
    found = drawn(app)
    for view in views_of(app):
        found += drawn(choose(app, view))
    assert found == []
