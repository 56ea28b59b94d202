"""Who asks the shards."""
