from pathlib import Path

import pyarrow.parquet as pq
import pytest

from journey.ingest.warehouses import Selection, fetched, read_address, read_relation
from tests.ingest.warehouses.here import run_tasks_here
from tests.ingest.warehouses.postgres_server import running_server


@pytest.fixture(scope="module")
def server():
    with running_server() as running:
        yield running


@pytest.fixture
def fetch(tmp_path):
    """Fetch a table or query, and give its rows as texts by column, with what is known of them."""

    def run(address, table=None, query=None, **selection):
        wanted = Selection(read_relation(table, query), **selection)
        with fetched(read_address(address), wanted, Path(tmp_path / "set")) as found:
            return pq.read_table(found.file).to_pydict(), found

    return run


@pytest.fixture
def in_this_process(monkeypatch):
    run_tasks_here(monkeypatch)
