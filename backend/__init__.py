"""Doorstep: the open backend that proves every paid minute of homecare."""

import os

# Piccolo looks its engine up by module name; there is one engine, and it lives in backend.db.
os.environ["PICCOLO_CONF"] = "backend.db"
