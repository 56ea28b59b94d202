"""When things happened: dates in any language and format, zones, doubtful instants."""
