import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]

GARBAGE = """
import gc, weakref
from journey.ui import warm_up

class Held:
    pass

gc.disable()
gc.freeze()
warm_up.REST_SECONDS = 0
kept = Held()
kept.itself, gone = kept, weakref.ref(kept)
del kept
assert gone() is not None
warm_up.threading.Thread(target=warm_up._tidy_up_after_runs, daemon=True).start()
warm_up.tidy_up_soon()
while gone() is not None:
    warm_up.time.sleep(0.01)
"""

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


def test_garbage_of_a_run_is_collected_after_it_and_not_by_the_run():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["runner"] == {"postScriptGC": False}
    subprocess.run([sys.executable, "-c", GARBAGE], check=True, cwd=ROOT, timeout=120)
