"""Write the sample data: ``python sample_data/generate.py [FOLDER]``, the same bytes each time."""

import sys
from pathlib import Path

import files
import names
import pandas as pd
from journeys import journey
from profiles import build_accounts


def write(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as UTF-8 CSV with the same line ends on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frame.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    print(f"{path.name}: {len(frame):,} rows, {path.stat().st_size / 1e6:.2f} MB")


def main(folder: Path) -> None:
    """Build accounts, their journeys and the tools' exports, and write them to the folder."""
    accounts = build_accounts()
    touches = [touch for index, account in enumerate(accounts) for touch in journey(index, account)]
    for name, frame in files.exports(touches).items():
        write(frame, folder / f"{name}.csv")
    write(files.accounts_frame(accounts), folder / "accounts.csv")
    write(files.contacts_frame(accounts), folder / "contacts.csv")
    write(files.costs_frame(), folder / "costs" / "campaign_costs.csv")
    write(files.contents_frame(), folder / "lists" / "content_inventory.csv")
    competitors = pd.DataFrame({"domain": names.COMPETITOR_DOMAINS})
    write(competitors, folder / "lists" / "competitor_domains.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
