"""Files of frozen documents, handed to a browser to keep."""

from typing import Any
from urllib.parse import quote

from litestar import Response

from backend.console.rendering import HEADERS
from backend.use_cases.frozen_documents import File


def download(file: File) -> Response[Any]:
    """The file as it was frozen, as an attachment under its own name."""
    disposition = f"attachment; filename*=UTF-8''{quote(file.name)}"
    return Response(
        file.content, media_type=file.media_type, headers={**HEADERS, "Content-Disposition": disposition}
    )
