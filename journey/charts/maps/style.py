"""The style of the journey map, on the colour variables that both pictures share."""

from typing import Final

from journey.charts.theme import LEANS, STAGE_INKS, style_sheet
from journey.schema import OUTCOMES

_INKS = (
    *(f"stage-{index}" for index in range(len(STAGE_INKS))),
    "stage-unassigned",
    *LEANS,
    *(f"outcome-{outcome}" for outcome in OUTCOMES),
)

_BY_INK = "".join(
    f".journey-map .fill-{ink}{{fill:var(--{ink})}}"
    f".journey-map .end.ink-{ink}{{stroke:var(--{ink})}}"
    for ink in _INKS
)

_BY_LEAN = "".join(
    f".journey-map .hit.{lean} .way,.journey-map .legend .{lean} .way{{stroke:var(--{lean});"
    f"stroke-opacity:{strength}}}"
    f".journey-map .hit.{lean} .head{{fill:var(--{lean})}}"
    for lean, strength in (("lean-a", 0.8), ("lean-b", 0.8), ("lean-even", 0.28))
)

_RULES: Final = """
.journey-map text{font-size:12px}
.journey-map .message{font-size:22px}
.journey-map .counts{font-size:14px}
.journey-map .right{text-anchor:end}
.journey-map .middle{text-anchor:middle}
.journey-map .ground{fill-opacity:.08}
.journey-map .ghost{fill:none;stroke:var(--line);stroke-width:1.5;stroke-dasharray:6 6}
.journey-map .stage-name{font-size:16px;font-weight:700;text-anchor:middle;fill:var(--ink)}
.journey-map .stage-count{text-anchor:middle;fill:var(--muted)}
.journey-map .name{font-size:13px;font-weight:600;text-anchor:middle;fill:var(--on-stage)}
.journey-map .name.narrow{font-size:12px}
.journey-map .count{font-size:13px;font-weight:700;fill:var(--on-stage)}
.journey-map .win{text-anchor:end;fill:var(--on-stage)}
.journey-map .win.unsure{fill:var(--on-stage-faint);font-style:italic}
.journey-map .bar{fill:var(--bar)}
.journey-map .bar-ground{fill:var(--bar-ground);fill-opacity:.25}
.journey-map .start path{fill:var(--start)}
.journey-map .start text{font-size:13px;font-weight:700;text-anchor:middle;fill:var(--on-start)}
.journey-map .catch{fill:none;stroke:#000;stroke-opacity:0;pointer-events:stroke}
.journey-map .way{fill:none;stroke:var(--ribbon);stroke-opacity:.42}
.journey-map .arc .way,.journey-map .loop .way{stroke-opacity:.6}
.journey-map .head{fill:var(--ribbon)}
.journey-map .back .way{stroke:var(--back);stroke-opacity:.95;stroke-dasharray:6 4}
.journey-map .back.minor,.journey-map .aside.minor{opacity:.6}
.journey-map .aside .way{stroke-opacity:.75;stroke-dasharray:6 4}
.journey-map .back .head{fill:var(--back);fill-opacity:1}
.journey-map .end{fill:none;stroke-opacity:.6}
.journey-map .volume{fill:var(--ribbon)}
.journey-map .volume-ground{fill:var(--line)}
.journey-map .labels{pointer-events:none}
.journey-map .back-title{font-size:14px;font-weight:700;fill:var(--back)}
.journey-map .back-arrow{fill:none;stroke:var(--back);stroke-width:1.6}
.journey-map .aside .back-arrow{stroke:var(--muted)}
.journey-map .back-name{fill:var(--ink)}
.journey-map .back-reason{fill:var(--muted);font-style:italic}
.journey-map .move-label{font-weight:600;text-anchor:middle;fill:var(--ink)}
.journey-map .stage-name.left,.journey-map .stage-count.left,
.journey-map .move-label.left{text-anchor:start}
.journey-map .back-count{font-weight:700;fill:var(--back)}
.journey-map .back-title.aside,.journey-map .aside .back-count{fill:var(--muted)}
.journey-map .loop-count{text-anchor:end;fill:var(--muted)}
.journey-map .emotion-title{font-size:14px;font-weight:700;fill:var(--ink)}
.journey-map .emotion-zero{fill:none;stroke:var(--line);stroke-width:1.5}
.journey-map .emotion-line{fill:none;stroke:var(--ribbon);stroke-width:2;stroke-opacity:.6}
.journey-map .emotion-spread{fill:none;stroke-width:4;stroke-opacity:.5}
.journey-map .emotion-figure{font-size:13px;font-weight:600;fill:var(--ink)}
.journey-map .good .emotion-mark{fill:var(--outcome-won)}
.journey-map .good .emotion-spread{stroke:var(--outcome-won)}
.journey-map .bad .emotion-mark{fill:var(--outcome-lost)}
.journey-map .bad .emotion-spread{stroke:var(--outcome-lost)}
.journey-map .unsure .emotion-mark{fill:var(--line)}
.journey-map .unsure .emotion-spread{stroke:var(--line)}
.journey-map .unsure .emotion-figure{fill:var(--muted);font-style:italic}
.journey-map .card{fill:var(--paper);stroke:var(--line);stroke-width:1}
.journey-map .outcome-name{font-size:13px;font-weight:600;fill:var(--ink)}
.journey-map .outcome-count{font-size:20px;font-weight:700;fill:var(--ink)}
.journey-map .outcome-share{font-size:15px;font-weight:700;text-anchor:end;fill:var(--ink)}
.journey-map .dim{opacity:.18}
.journey-map [aria-pressed] .box,.journey-map [aria-pressed] .card,
.journey-map [aria-pressed] .ground{stroke:var(--focus);stroke-width:4}
.journey-map [aria-pressed] .way{stroke-opacity:1}
.journey-map [aria-pressed] .catch{stroke:var(--focus);stroke-opacity:.35}
.journey-map .hit:hover .way,.journey-map .hit:focus-visible .way{stroke-opacity:1}
.journey-map .hit:focus-visible .catch{stroke:var(--focus);stroke-opacity:.35}
.journey-map .hit:hover .box,.journey-map .hit:hover .card{stroke:var(--ink);stroke-width:2}
.journey-map .hit:focus-visible .box,.journey-map .hit:focus-visible .card,
.journey-map .hit:focus-visible .ground{stroke:var(--focus);stroke-width:3}
"""

STYLE: Final = style_sheet(_BY_INK + _RULES.replace("\n", "") + _BY_LEAN)
