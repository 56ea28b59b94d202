"""Pictures and tables as files: SVG, PNG, CSV, XLSX."""
