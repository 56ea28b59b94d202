"""The parts of the pages to act on: stalled accounts, one account, scores, nurture, ownership."""
