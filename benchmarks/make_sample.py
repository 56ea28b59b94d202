"""Make a log of the sample's shape, of any size: the sample over and over, as other companies.

PYTHONPATH=. python benchmarks/make_sample.py [--touchpoints 1000000] [--into FOLDER]

Unlike the log of ``make_log.py`` it has people, contents, owners, handoffs, costs and all that the
sample's definitions speak of, so that every page has its answer. The files are imported as any.
"""

import argparse
import tempfile
from pathlib import Path

import pandas as pd

import journey
from journey.definitions import load_definitions

SAMPLE = Path(__file__).resolve().parent.parent / "sample_data"
TOUCHPOINTS_OF_ACCOUNTS = 37_404
IDS = ("account_id", "opportunity_id", "anonymous_id", "domain")
ADDRESSES = ("email", "contact_email")
FREE_MAIL = "@gmail.com"


def make_sample(n_touchpoints: int, directory: Path) -> None:
    """Write the store: so many copies of the sample that they have about as many touchpoints."""
    n_copies = max(1, round(n_touchpoints / TOUCHPOINTS_OF_ACCOUNTS))
    definitions = load_definitions(SAMPLE / "definitions.toml")
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory) as scratch:
        files = [_copied(file, n_copies, Path(scratch)) for file in sorted(SAMPLE.glob("*.csv"))]
        costs = sorted(SAMPLE.glob("costs/*.csv"))
        journey.read_touchpoints(*files, *costs, definitions=definitions, into=directory / "store")


def _copied(file: Path, n_copies: int, scratch: Path) -> Path:
    """Write a file's rows once for each copy, everybody under a name of the copy's own."""
    rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    path = scratch / file.name
    for copy in range(n_copies):
        own = rows.assign(
            **{name: _marked(rows[name], copy) for name in IDS if name in rows},
            **{name: _readdressed(rows[name], copy) for name in ADDRESSES if name in rows},
        )
        own.to_csv(path, mode="a" if copy else "w", header=not copy, index=False)
    return path


def _marked(ids: pd.Series, copy: int) -> pd.Series:
    """Ids of a copy; the first one's are those of the sample, competitors' domains among them."""
    return ids.where(ids.eq("") | (copy == 0), f"c{copy}-" + ids)


def _readdressed(addresses: pd.Series, copy: int) -> pd.Series:
    """Addresses at the copy's companies; free mail stays what it is."""
    moved = addresses.str.replace("@", f"@c{copy}-")
    moved = moved.where(~addresses.str.endswith(FREE_MAIL), f"c{copy}-" + addresses)
    return addresses if copy == 0 else moved


def main() -> None:
    """Make a log from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touchpoints", type=int, default=1_000_000)
    parser.add_argument("--into", type=Path)
    options = parser.parse_args()
    into = options.into or Path(f"build/benchmarks/sample-{options.touchpoints}")
    make_sample(options.touchpoints, into)
    n_made = journey.open_log(into / "store").n_touchpoints
    print(f"{n_made:,} touchpoints are in {into}")


if __name__ == "__main__":
    main()
