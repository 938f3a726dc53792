"""Called by scripts/peppol-rules."""

from tests.documents.official import compile_schematron

compile_schematron()
