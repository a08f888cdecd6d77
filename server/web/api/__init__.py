"""The REST API for the control room's other systems, under `/api/v1`."""
