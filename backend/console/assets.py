"""Style sheets, the icon and the one script, at addresses that hold their content's hash."""

from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from backend.console.asking import AnyRequest
from backend.console.rendering import static_file
from backend.faults import DomainError

_TYPES: Final = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@get("/static/{digest:str}/{name:str}", include_in_schema=False, sync_to_thread=False)
def static(request: AnyRequest) -> Response[bytes]:
    """A file as it was when the page was made; any other hash is unknown."""
    digest, name = request.path_params["digest"], request.path_params["name"]
    try:
        current, content = static_file(name)
    except KeyError:
        current, content = "", b""
    if digest != current:
        raise DomainError("not_found", "There is no such file.")
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(content, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)


handlers: Final[list[HTTPRouteHandler]] = [static]
