import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

FIRST_PAGES = """
import json, sys
import pandas as pd
import journey
from journey.ui import warm_up

def are_asked():
    rows = {"account_id": ["x", "y", "x"], "touchpoint": ["Mail", "Call", "Call"],
            "occurred_at": ["2025-05-01", "2025-06-02", "2025-07-03"]}
    log = journey.from_frame(pd.DataFrame(rows))
    journey.charts.journey_map(journey.journey_graph(log))
    journey.charts.step_sankey(journey.step_flows(log, steps=2))
    journey.summary(log)
    journey.charts.plot_months(journey.months(log))
    return {name for name in sys.modules if name.partition(".")[0] in ("journey", "plotly")}

if sys.argv[1] == "warm":
    warm_up._ask_something()
before = {*sys.modules}
print(json.dumps(sorted(are_asked() - before)))
"""


def newly_loaded(how):
    """What first pages load in a process of their own."""
    run = [sys.executable, "-c", FIRST_PAGES, how]
    found = subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT)
    return json.loads(found.stdout)


def test_the_first_pages_load_nothing_that_was_not_loaded_at_the_start():
    assert "journey.charts.maps.journey_map" in newly_loaded("cold")
    assert newly_loaded("warm") == []
