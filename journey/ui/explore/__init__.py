"""The parts of the pages that explore: overview, map, paths, stages, segments, people, content."""
