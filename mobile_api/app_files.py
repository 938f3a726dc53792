"""The phone app's own files: pages, modules, words and pictures, as `mobile_api/app` holds them.

All but the three addresses that must stay the same hold the digest of all files in their path, so that a phone never
runs the modules of two versions together, and may keep each for ever.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from backend.faults import DomainError
from backend.use_cases.issue_enrol_code import APP_PATH
from mobile_api.calls import AnyRequest

FOLDER: Final = Path(__file__).parent / "app"
BASE: Final = APP_PATH
PAGE: Final = "index.html"
WORKER: Final = "sw.js"
MANIFEST: Final = "manifest.webmanifest"
_TYPES: Final = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
_FILLED_IN: Final = (PAGE, WORKER, MANIFEST)
_NO_CACHE: Final = {"Cache-Control": "no-cache"}
_FOR_EVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the app's page may load and run: this service's own files, nothing inline, nothing from elsewhere."""


@dataclass(frozen=True, slots=True)
class AppFile:
    """A file as it is sent, plain and compressed."""

    content: bytes
    gzipped: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class App:
    """All files by their path in the folder, and the version they make together."""

    version: str
    files: dict[str, AppFile]


@cache
def app() -> App:
    """The app as it is on disk when it is first asked for."""
    raw = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file()
    }
    version = _version(raw)
    kept = [f"{BASE}/", *(f"{BASE}/{version}/{name}" for name in raw if name not in _FILLED_IN)]
    for name in _FILLED_IN:
        text = raw[name].replace(b"{{version}}", version.encode())
        text = text.replace(b"{{preloads}}", _preloads(version, raw))
        raw[name] = text.replace(b"{{files}}", json.dumps(kept).encode())
    return App(version, {name: _file(name, content) for name, content in raw.items()})


def _version(raw: dict[str, bytes]) -> str:
    """A digest of the names and contents of all files."""
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in raw.items()}
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()[:16]


def _preloads(version: str, raw: dict[str, bytes]) -> bytes:
    """Links to all modules, so that a slow line fetches them at once and not one import after another."""
    modules = [name for name in raw if name.endswith(".js") and name != WORKER]
    links = [f'<link rel="modulepreload" href="{BASE}/{version}/{name}">' for name in modules]
    return "\n".join(links).encode()


def _file(name: str, content: bytes) -> AppFile:
    return AppFile(content, gzip.compress(content, mtime=0), _TYPES[Path(name).suffix])


def _sent(request: AnyRequest, name: str, headers: dict[str, str]) -> Response[bytes]:
    file = app().files[name]
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    more = {"Content-Encoding": "gzip"} if zipped else {}
    return Response(
        file.gzipped if zipped else file.content,
        media_type=file.media_type,
        headers={**headers, "Vary": "Accept-Encoding", "Content-Security-Policy": POLICY, **more},
    )


@get(BASE, include_in_schema=False, sync_to_thread=False)
def page(request: AnyRequest) -> Response[bytes] | Redirect:
    """The app itself. Its worker looks after addresses below /app/, so that is where it must be opened."""
    asked: bytes = request.scope["raw_path"]  # the path itself has lost its last slash by now
    if not asked.split(b"?")[0].endswith(b"/"):
        return Redirect(f"{BASE}/", status_code=308)
    return _sent(request, PAGE, _NO_CACHE)


@get(f"{BASE}/{WORKER}", include_in_schema=False, sync_to_thread=False)
def worker(request: AnyRequest) -> Response[bytes]:
    """The service worker: it differs whenever any file does. It also answers at /at, where tags in homes lead."""
    return _sent(request, WORKER, {**_NO_CACHE, "Service-Worker-Allowed": "/"})


@get(f"{BASE}/{MANIFEST}", include_in_schema=False, sync_to_thread=False)
def manifest(request: AnyRequest) -> Response[bytes]:
    """What makes the app installable."""
    return _sent(request, MANIFEST, _NO_CACHE)


@get(f"{BASE}/{{version:str}}/{{name:path}}", include_in_schema=False, sync_to_thread=False)
def file(request: AnyRequest) -> Response[bytes]:
    """One file of this version; a file of any other is unknown."""
    name = request.path_params["name"].lstrip("/")
    if request.path_params["version"] != app().version or name not in app().files or name in _FILLED_IN:
        raise DomainError("not_found", "There is no such file.")
    return _sent(request, name, _FOR_EVER)


handlers: Final[list[HTTPRouteHandler]] = [page, worker, manifest, file]
