"""Audit tests: named, pure rules over a provider's period that find what a person should look at."""
