"""Documents drawn from snapshots: PDF, CSV, XLSX and JSON. Pure: the same snapshot always gives the same bytes."""
