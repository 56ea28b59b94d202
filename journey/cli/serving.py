"""Serving the app on this machine."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import journey
from journey.cli.words import tell
from journey.definitions import load_definitions
from journey.workspace import dataset_path, list_datasets, workspace_root

SAMPLE: Final = "Halyard sample"
APP: Final = Path(__file__).parents[2] / "app.py"
_SAMPLES: Final = APP.parent / "sample_data"


def sample_files() -> list[Path]:
    """The files of the sample data, costs last; none where they don't come along."""
    return [*sorted(_SAMPLES.glob("*.csv")), *sorted(_SAMPLES.glob("costs/*.csv"))]


def run_app() -> int:
    """Serve the app, with the sample data where there are none yet."""
    root = workspace_root()
    samples = sample_files()
    if not list_datasets(root) and samples:
        tell("Preparing the sample data …")
        definitions = load_definitions(_SAMPLES / "definitions.toml")
        journey.read_touchpoints(*samples, definitions=definitions, into=dataset_path(root, SAMPLE))
    command = [sys.executable, "-m", "streamlit", "run", str(APP)]
    try:
        return subprocess.call(command, cwd=APP.parent)  # noqa: S603 - our own app
    except KeyboardInterrupt:
        return 0
