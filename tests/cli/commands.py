"""What the tests of the command line share: a small log, and how to read an answer."""

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from journey import cli
from journey.workspace import ROOT_VARIABLE

ROOT = Path(__file__).parents[2]

# Three accounts; the last row of Acme is told twice and one row has no time.
TOUCHPOINTS = """\
account_id,occurred_at,touchpoint,person_id,channel,industry
Acme,2026-01-01 09:00,Ad click,ann,web,Software
Acme,2026-01-01 09:10,Ad click,ann,web,Software
Acme,2026-01-05 09:00,Demo,bob,,Software
Acme,2026-01-09 09:00,Deal won,bob,,Software
Acme,2026-01-09 09:00,Deal won,bob,,Software
Bolt,2026-01-02 09:00,Ad click,cyd,web,Retail
Bolt,2026-01-06 09:00,Demo,cyd,phone,Retail
Bolt,2026-01-20 09:00,Deal lost,cyd,,Retail
Cove,2026-01-03 09:00,Newsletter,,mail,
Cove,2026-01-04 09:00,Ad click,,web,
Cove,,Demo,,web,
"""

DEFINITIONS = """\
[[stages]]
name = "Attract"
touchpoints = ["Ad click", "Newsletter"]

[[stages]]
name = "Convert"
touchpoints = ["Demo"]

[[stages]]
name = "Expand"
touchpoints = ["Deal won"]

[outcomes]
won = ["Deal won"]
lost = ["Deal lost"]
"""


def import_into(workspace, *arguments):
    """Import as the command does; what it wrote on stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setenv(ROOT_VARIABLE, str(workspace))
        assert cli.main(["import", *map(str, arguments)]) == 0
    return out.getvalue(), err.getvalue()


def pick(rows, *columns):
    """These columns of rows of JSON."""
    return [tuple(row[column] for column in columns) for row in rows]


def moves(rows):
    return {(row["source"], row["target"]): row["n_moves"] for row in rows}
