"""What figures of every question are made of: frames, rates and intervals, medians, months."""
