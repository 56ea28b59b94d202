"""Serving the app on this machine."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import journey
from journey.cli.words import tell
from journey.definitions import load_definitions
from journey.inventory import read_inventory
from journey.workspace import dataset_path, list_datasets, save_inventory, workspace_root

SAMPLE: Final = "Halyard sample"
APP: Final = Path(__file__).parents[2] / "app.py"
SAMPLES: Final = APP.parent / "sample_data"
SAMPLE_LIST: Final = SAMPLES / "lists" / "content_inventory.csv"


def sample_files() -> list[Path]:
    """The files of the sample data, costs last; none where they don't come along."""
    return [*sorted(SAMPLES.glob("*.csv")), *sorted(SAMPLES.glob("costs/*.csv"))]


def run_app() -> int:
    """Serve the app, with the sample data where there are none yet."""
    root = workspace_root()
    samples = sample_files()
    if not list_datasets(root) and samples:
        tell("Preparing the sample data …")
        definitions = load_definitions(SAMPLES / "definitions.toml")
        journey.read_touchpoints(*samples, definitions=definitions, into=dataset_path(root, SAMPLE))
        save_inventory(root, SAMPLE, read_inventory(SAMPLE_LIST))
    command = [sys.executable, "-m", "streamlit", "run", str(APP)]
    os.chdir(APP.parent)
    if os.name != "nt":
        # In place of this process, so that whoever stops it stops the app.
        os.execv(sys.executable, command)  # noqa: S606 - our own app
    return subprocess.call(command)  # noqa: S603 - as above
