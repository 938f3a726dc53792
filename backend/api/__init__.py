"""The management HTTP API under /api/v1."""
