"""The OpenAPI document, from the routes and the same wire types that decode the bodies.

A route that reads its body itself states the type as `opt={"accepts": Type}`, and its answer as `"answers": Type`;
`"one_or_many": True` says that an array of them is taken, and answered, too. One that takes files states their schemas
by media type as `"takes"`, and what it reads of the query as `"asks"`, names with their descriptions.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from backend.api.authentication import CSRF_HEADER
from backend.api.cookies import SESSION
from backend.problems import PROBLEM_JSON

_REF: Final = "#/components/schemas/{name}"
_PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "Stable name of the problem"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable short name of the problem"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer (RFC 6901) to what is wrong"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


SECURITY: Final = Components(
    security_schemes={
        "proof": SecurityScheme(
            "apiKey",
            name="DPoP",
            security_scheme_in="header",
            description="A DPoP proof (RFC 9449) by the phone's key, for this method, address and a fresh nonce",
        ),
        "token": SecurityScheme(
            "http",
            scheme="DPoP",
            description="Authorization: DPoP <token>, of /enrol or /session; the proof holds its digest as ath",
        ),
        "session": SecurityScheme(
            "http", scheme="bearer", description="Authorization: Bearer <token of a signed-in user's session>"
        ),
        "session_cookie": SecurityScheme("apiKey", name=SESSION, security_scheme_in="cookie"),
        "csrf": SecurityScheme(
            "apiKey",
            name=CSRF_HEADER,
            security_scheme_in="header",
            description="Goes with the session's cookie",
        ),
    }
)
"""The ways to show who is calling. Each route names those it needs."""


class Described(JsonRenderPlugin):
    """Serves the document at openapi.json, with the bodies that routes read themselves."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        return self.render_json(request, document(request.app))


def document(app: Litestar) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the application, as plain data."""
    made: dict[str, Any] = app.openapi_schema.to_schema()
    handlers = [
        (operation, handler) for route in app.routes for operation, handler in _operations(made, route)
    ]
    kinds = [kind for _, handler in handlers for kind in _kinds(handler)]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REF)
    described = dict(zip(map(repr, kinds), schemas, strict=True))
    made.setdefault("components", {}).setdefault("schemas", {}).update(components)
    made["components"]["schemas"]["Problem"] = _PROBLEM
    for operation, handler in handlers:
        _describe(operation, handler, described)
    return made


def _operations(made: dict[str, Any], route: Any) -> list[tuple[dict[str, Any], HTTPRouteHandler]]:
    path = made["paths"].get(route.path_format, {})
    return [
        (path[method.lower()], handler)
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        if method.lower() in path
    ]


def _kinds(handler: HTTPRouteHandler) -> list[Any]:
    return [handler.opt[key] for key in ("accepts", "answers") if key in handler.opt]


def _describe(operation: dict[str, Any], handler: HTTPRouteHandler, described: dict[str, Any]) -> None:
    """Write the bodies a route reads and answers itself, and the problem object every route may answer."""
    if "accepts" in handler.opt:
        schema = described[repr(handler.opt["accepts"])]
        operation["requestBody"] = {"required": True, "content": _json(schema, handler)}
    if "takes" in handler.opt:
        bodies = {kind: {"schema": schema} for kind, schema in handler.opt["takes"].items()}
        operation["requestBody"] = {"required": True, "content": bodies}
    if "asks" in handler.opt:
        operation["parameters"] += _asked(handler.opt["asks"])
    if "answers" in handler.opt:
        answer = operation["responses"][str(handler.status_code)]
        answer["content"] = _json(described[repr(handler.opt["answers"])], handler)
    operation["responses"].pop("400", None)
    operation["responses"]["default"] = {
        "description": "A problem: what is wrong, where, and what to do",
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _asked(names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"in": "query", "name": name, "required": False, "schema": {"type": "string"}, "description": words}
        for name, words in names.items()
    ]


def _json(schema: dict[str, Any], handler: HTTPRouteHandler) -> dict[str, Any]:
    if handler.opt.get("one_or_many"):
        schema = {"oneOf": [schema, {"type": "array", "items": schema}]}
    return {"application/json": {"schema": schema}}


def _print() -> None:
    from backend.app import create_app

    print(json.dumps(document(create_app()), indent=1, sort_keys=True))


if __name__ == "__main__":
    _print()
