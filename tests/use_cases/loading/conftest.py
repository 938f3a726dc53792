"""The sample county, loaded."""

from tests.use_cases.loading.samples import county

__all__ = ["county"]
