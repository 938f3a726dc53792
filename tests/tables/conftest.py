"""A loaded county to look at through the catalogue's eyes."""

from tests.use_cases.loading.samples import county

__all__ = ["county"]
