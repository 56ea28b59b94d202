import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]

GARBAGE = """
import gc, time, weakref
from journey.ui import tidy_up

class Held:
    pass

def left():
    kept = Held()
    kept.itself = kept
    return weakref.ref(kept)

@tidy_up.tidied_up
def part():
    return left()

@tidy_up.tidied_up
def run():
    found = part()
    time.sleep(0.1)  # longer than the rest
    assert found() is not None
    return found

gc.disable()
gc.freeze()
tidy_up.REST_SECONDS = 0.01
tidy_up.tidy_up_in_background()
for ended in (run, part):
    gone = ended()
    while gone() is not None:
        time.sleep(0.01)
"""


def test_garbage_of_a_run_is_collected_after_it_and_not_by_a_part_within():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["runner"] == {"postScriptGC": False}
    subprocess.run([sys.executable, "-c", GARBAGE], check=True, cwd=ROOT, timeout=120)
