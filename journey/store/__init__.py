"""A log as sorted, coded shards of whole journeys, in memory and on disk."""
