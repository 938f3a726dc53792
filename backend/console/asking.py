"""Who asks for a page and what a form says. Every page and action is made here, so none forgets to look at the role."""

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final
from urllib.parse import parse_qs
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException
from litestar.handlers import HTTPRouteHandler

from backend.api.authentication import User, refuse_missing_factor, user_of
from backend.api.cookies import SESSION, cookie_of
from backend.console.listing import table_file, wants_file
from backend.console.rendering import redirect
from backend.faults import DomainError
from backend.use_cases.kept_forms import holds_secrets, keep_form, lapsed_session, was_hers
from backend.use_cases.saved_views import SavedView, saved_views
from backend.use_cases.sign_in import token_hash
from backend.use_cases.viewer import Viewer

AnyRequest = Request[Any, Any, Any]
LARGEST_FORM: Final = 64 * 1024
LARGEST_UPLOAD: Final = 6 * 1024 * 1024
"""Bytes: a file of 4 MB, which the page of its dry run holds in letters, a third longer."""
_MOST_FIELDS: Final = 60
_FIELDS_ALONE: Final = "application/x-www-form-urlencoded"
PROOF: Final = "prove_"
"""Begins the name of each field that shows who sends a form, so that none is a field of the form itself."""
_WITHOUT_FACTOR: Final = ("/authenticator", "/passkeys", "/prove", "/sessions", "/sign-out")
"""What a session opened by a password alone may reach where the organisation asks for more: the pages that add it."""


@dataclass(frozen=True, slots=True)
class Visitor(User):
    """The user of a page. `here` is its address, empty where it answers a form; `views` are the user's own lists."""

    here: str
    views: Sequence[SavedView]


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of a signed-in user whose role may make it. `form` holds the fields of a form that was sent, `file` the
    name and the bytes of its file. `query` stands in place of what the address asks for, if it is given.
    """

    request: AnyRequest
    user: User
    form: Mapping[str, str]
    file: tuple[str, bytes] | None = None
    query: Mapping[str, str] | None = None

    @property
    def everything_asked(self) -> Mapping[str, str]:
        """The query behind the address."""
        return self.request.query_params if self.query is None else self.query

    @property
    def organisation(self) -> UUID:
        """The user's organisation; pages of administrators do not ask for one."""
        assert self.user.organisation_id is not None
        return self.user.organisation_id

    @property
    def viewer(self) -> Viewer:
        """The user as a reader of documents."""
        provider = self.user.kind == "provider" and self.user.role != "person"
        return Viewer(self.user.user_id, self.organisation, provider, self.user.role, self.user.person_id)

    def path(self, name: str) -> Any:
        """A part of the address."""
        return self.request.path_params[name]

    def asked(self, name: str) -> str | None:
        """A part of the query behind the address; None if it is missing or empty."""
        return self.everything_asked.get(name, "").strip() or None


View = Callable[[Ask], Awaitable[Response[Any]]]
Sent = tuple[dict[str, str], tuple[str, bytes] | None]
"""The fields of a form, and the name and the bytes of its file."""


def page(path: str, *roles: str) -> Callable[[View], HTTPRouteHandler]:
    """A page at `path` for these roles."""

    def make(view: View) -> HTTPRouteHandler:
        @get(path, include_in_schema=False, opt={"roles": roles})
        async def shown(request: AnyRequest) -> Response[Any]:
            ask = Ask(request, await permitted(request, roles), {})
            return await (table_file(ask, view) if wants_file(ask) else view(ask))

        return shown

    return make


def action(path: str, *roles: str) -> Callable[[View], HTTPRouteHandler]:
    """What a form at `path` does, for these roles; only with the session's own token in the form."""
    return _sent(path, roles, LARGEST_FORM, _without_file)


def upload(path: str, *roles: str) -> Callable[[View], HTTPRouteHandler]:
    """What a form with a file does: as `action`, and larger."""
    return _sent(path, roles, LARGEST_UPLOAD, _with_file)


def _sent(
    path: str, roles: tuple[str, ...], largest: int, read: Callable[[AnyRequest], Awaitable[Sent]]
) -> Callable[[View], HTTPRouteHandler]:
    def make(view: View) -> HTTPRouteHandler:
        @post(
            path,
            include_in_schema=False,
            status_code=200,
            request_max_body_size=largest,
            opt={"roles": roles},
        )
        async def done(request: AnyRequest) -> Response[Any]:
            try:
                user = await permitted(request, roles)
            except DomainError as error:
                if error.code == "unauthorised" and (late := await _kept_for_signing_in(request)):
                    return late
                raise
            form, file = await read(request)
            if not _carries(form, user.csrf_token) and (
                older := await _kept_from_before(request, user, form)
            ):
                return older
            refuse_forged(form, user.csrf_token)
            return await view(Ask(request, user, form, file))

        return done

    return make


async def _kept_for_signing_in(request: AnyRequest) -> Response[Any] | None:
    """The way to sign in for whoever sent a form after her session ended: the form waits until she is back.

    None for what is not kept: a form of no such session or not of its page, one with a file, a password or a code, and
    what only changes how one signs in.
    """
    token = cookie_of(request, SESSION)
    lapsed = await lapsed_session(token_hash(token)) if token and _may_be_kept(request) else None
    if lapsed is None:
        return None
    form = await form_of(request)
    if not _carries(form, lapsed.csrf_token) or not _fit_to_keep(typed(form)):
        return None
    kept = await keep_form(lapsed.user_id, here_of(request), typed(form))
    return redirect(f"/sign-in?next=/kept/{kept}&over=1&kept=1")


async def _kept_from_before(request: AnyRequest, user: User, form: Mapping[str, str]) -> Response[Any] | None:
    """Where a form of an earlier session of the same person waits: she signed in again while its page was open.

    It is only shown to her, to send again; None for what is not kept, as above.
    """
    token = form.get("csrf_token", "")
    if not token or not _may_be_kept(request) or not _fit_to_keep(typed(form)):
        return None
    if not await was_hers(user.user_id, token):
        return None
    return redirect(f"/kept/{await keep_form(user.user_id, here_of(request), typed(form))}")


def _may_be_kept(request: AnyRequest) -> bool:
    """Whether a browser sent a form without a file, and not one that only changes how one signs in."""
    return (
        not request.scope["path"].startswith(_WITHOUT_FACTOR)
        and "text/html" in request.headers.get("Accept", "")
        and request.headers.get("Content-Type", "").startswith(_FIELDS_ALONE)
    )


def _fit_to_keep(fields: Mapping[str, str]) -> bool:
    return not holds_secrets(fields) and _size(fields) <= LARGEST_FORM


async def permitted(request: AnyRequest, roles: tuple[str, ...]) -> Visitor:
    """The signed-in user. Raises DomainError unauthorised, second_factor_needed, or forbidden for another role."""
    token = cookie_of(request, SESSION)
    user = await user_of(token) if token else None
    if user is None:
        raise DomainError("unauthorised", "Sign in to see this page.")
    if user.role not in roles:
        raise DomainError("forbidden", f"This page is not for the role {user.role}.")
    if not request.scope["path"].startswith(_WITHOUT_FACTOR):
        refuse_missing_factor(user)
    return Visitor(
        **_fields(user),
        here=here_of(request) if request.method == "GET" else "",
        views=await saved_views(user.user_id),
    )


def _fields(user: User) -> dict[str, Any]:
    return {field.name: getattr(user, field.name) for field in fields(user)}


def here_of(request: AnyRequest) -> str:
    """The address that was asked for, with its query."""
    query = request.scope["query_string"].decode("ascii", "replace")
    return f"{request.scope['path']}{'?' if query else ''}{query}"


async def form_of(request: AnyRequest) -> dict[str, str]:
    """The fields of a form. Raises DomainError for what no form of ours sends."""
    if not request.headers.get("Content-Type", "").startswith(_FIELDS_ALONE):
        raise DomainError("unsupported_media_type", "Send the form as it is on the page.")
    try:
        text = (await request.body()).decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise DomainError("bad_request", "The form cannot be read.") from error
    if any("\x00" in value or len(values) > 1 for values in fields.values() for value in values):
        raise DomainError("bad_request", "The form cannot be read.")
    return {name: values[0] for name, values in fields.items()}


async def _without_file(request: AnyRequest) -> Sent:
    return await form_of(request), None


async def _with_file(request: AnyRequest) -> Sent:
    """The fields of a form, and the one file of it. Raises DomainError for what no form of ours sends."""
    if not request.headers.get("Content-Type", "").startswith("multipart/form-data"):
        return await form_of(request), None
    try:
        sent = (await request.form()).multi_items()
    except (ValueError, LookupError, ClientException) as error:
        raise DomainError("bad_request", "The form cannot be read.") from error
    fields, file = {}, None
    for name, value in sent:
        if isinstance(value, UploadFile):
            file = (value.filename, await value.read())
        elif name in fields or not isinstance(value, str) or "\x00" in value:
            raise DomainError("bad_request", "The form cannot be read.")
        else:
            fields[name] = value
    return fields, file


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form without its page's token, and without the proof of who sends it."""
    return {
        name: value for name, value in form.items() if name != "csrf_token" and not name.startswith(PROOF)
    }


def _size(fields: Mapping[str, str]) -> int:
    return sum(len(name) + len(value) for name, value in fields.items())


def _carries(form: Mapping[str, str], token: str) -> bool:
    return bool(token) and hmac.compare_digest(form.get("csrf_token", "").encode(), token.encode())


def refuse_forged(form: Mapping[str, str], token: str) -> None:
    """Raises DomainError forbidden unless the form carries the token that its page was given."""
    if not _carries(form, token):
        raise DomainError(
            "forbidden", "This form was not sent from our page. Go back, reload the page and try again."
        )


def client_of(request: AnyRequest) -> str:
    """The address that a request came from."""
    return request.client.host if request.client else "unknown"


def local(path: str | None) -> str | None:
    """The path if it is one of this service's own, to go on to; None for any other."""
    if path is None or not path.startswith("/") or path.startswith(("//", "/\\")) or not path.isprintable():
        return None
    return path
