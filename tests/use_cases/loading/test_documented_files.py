"""The files that the page about loading shows can be loaded as they stand."""

import re
from pathlib import Path
from typing import Any, cast

from backend.use_cases.loading import SourceFile, load
from schemas.loading import LoadKind
from tests.use_cases.loading.samples import ORGANISATIONS, load_rows

PAGE = (Path(__file__).parents[3] / "docs" / "loading.md").read_text()
SHOWN = re.findall(r"`doorstep load ([a-z-]+) \S+`:\n\n```json\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_shows_each_nested_kind() -> None:
    assert [kind for kind, _ in SHOWN] == ["contracts", "pay-terms", "standards"]


async def test_the_files_that_are_shown_load_one_after_the_other(db: Any) -> None:
    await load_rows("organisations", ORGANISATIONS)
    for kind, text in SHOWN:
        counts = await load(cast(LoadKind, kind), [SourceFile("shown.json", text.encode(), "json")])
        assert counts.new == counts.rows > 0
