"""The lifecycle in figures, month by month: scorecards, nurture, programmes, reach, costs."""
