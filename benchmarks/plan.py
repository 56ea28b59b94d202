"""Which engines are asked at which size, and why others are left out."""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
OURS: Final = Path(sys.executable)
PEERS: Final = ROOT / ".venv-peers" / "bin" / "python"

ENGINES: Final = {
    "portolan": OURS,
    "polars_engine": PEERS,
    "pandas_engine": PEERS,
    "r4pm_engine": PEERS,
    "pm4py_engine": PEERS,
    "pm4py_polars_engine": PEERS,
    "retentioneering_engine": PEERS,
    "channel_attribution": PEERS,
    "floor": OURS,
}
NAMES: Final = {
    "portolan": "Portolan",
    "polars_engine": "Polars, sorted",
    "pandas_engine": "plain pandas",
    "r4pm_engine": "r4pm",
    "pm4py_engine": "pm4py",
    "pm4py_polars_engine": "pm4py on Polars",
    "retentioneering_engine": "retentioneering",
    "channel_attribution": "ChannelAttribution",
    "floor": "floor",
}
SLOW: Final = ("pm4py_engine", "pm4py_polars_engine", "retentioneering_engine")
SLOW_MOST, PEERS_MOST = 1_000_000, 10_000_000
IMPORT_MOST: Final = 1_000_000

SIZES: Final = (100_000, 1_000_000, 10_000_000)


def skipped(
    engine: str, n_touchpoints: int, *, has_many_types: bool, with_slow: bool
) -> str | None:
    """Why an engine is not asked at a size; none: it is."""
    if ENGINES[engine] == OURS:
        return None
    if has_many_types:
        return "not asked: it shares no aim with the log of many types"
    if n_touchpoints > PEERS_MOST:
        return f"not asked above {PEERS_MOST:,}: the log as text and its copies don't fit in memory"
    if engine in SLOW and n_touchpoints > SLOW_MOST and not with_slow:
        return f"not asked above {SLOW_MOST:,} without --slow-peers: minutes for each question"
    return None
