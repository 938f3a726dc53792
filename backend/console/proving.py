"""What cannot be undone asks again who is there, some while after signing in.

The page that asks holds every field of the form that was sent, and sends them on together with the proof: nothing that
was filled in is lost. The server keeps it meanwhile only for people who show it through their organisation's service.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from backend.api.cookies import KNOWN, SESSION, cookie_of
from backend.console.asking import PROOF, Ask, View, action, client_of, here_of, local, page
from backend.console.menus import EVERYBODY
from backend.console.passkey_answers import answer_of, called
from backend.console.rendering import SCRIPTED, redirect, render
from backend.faults import DomainError
from backend.problems import STATUS
from backend.use_cases.authenticators import code_needed
from backend.use_cases.kept_forms import keep_form
from backend.use_cases.prove import Asker, has_password, prove_by_passkey, prove_by_password, still_proven
from backend.use_cases.sign_in import token_hash
from backend.use_cases.sign_in_by_passkey import new_sign_in_options
from backend.use_cases.sign_in_services import service_of_user
from backend.use_cases.user_passkeys import read_user_passkeys
from schemas.passkeys import PasskeyAssertion


def proven(view: View) -> View:
    """The same view of a page or of an action, for a person who showed lately who she is; others are asked first."""

    async def shown(ask: Ask) -> Response[Any]:
        fresh = still_proven(ask.user.proven_at)
        if ask.request.method == "GET":
            return await view(ask) if fresh else redirect(f"/prove?next={quote(here_of(ask.request))}")
        kept = {name: value for name, value in ask.form.items() if not name.startswith(PROOF)}
        if not fresh and (answer := await _refused(ask, kept)) is not None:
            return answer
        return await view(replace(ask, form=kept))

    return shown


async def _refused(ask: Ask, kept: Mapping[str, str]) -> Response[Any] | None:
    """The page that asks, unless the form holds a proof that is right."""
    proof = {name.removeprefix(PROOF): value for name, value in ask.form.items() if name.startswith(PROOF)}
    if not proof:
        return await _ask(ask, here_of(ask.request), kept)
    try:
        await _prove(ask, proof)
    except DomainError as error:
        return await _ask(
            ask, here_of(ask.request), kept, error, "passkey" if "signature" in proof else "proof"
        )
    return None


async def _prove(ask: Ask, proof: dict[str, str]) -> None:
    asker = asker_of(ask)
    if "signature" in proof:
        await prove_by_passkey(asker, answer_of(PasskeyAssertion, proof), called(ask.request))
    else:
        await prove_by_password(asker, proof.get("password", ""), proof.get("code", ""))


def asker_of(ask: Ask) -> Asker:
    """Who asks, as a proof is checked against."""
    request, user = ask.request, ask.user
    session, known = token_hash(cookie_of(request, SESSION)), cookie_of(request, KNOWN) or None
    return Asker(user.user_id, user.email, session, client_of(request), user.csrf_token, known)


async def _ask(
    ask: Ask,
    path: str,
    kept: Mapping[str, str],
    error: DomainError | None = None,
    field: str = "proof",
) -> Response[Any]:
    user, fields = ask.user, {name: value for name, value in kept.items() if name != "csrf_token"}
    service = await service_of_user(user.user_id)
    return render(
        "prove.html",
        user,
        status=200 if error is None else STATUS[error.code],
        headers={**SCRIPTED, **(error.headers if error else {})},
        path=path,
        kept=fields,
        code_needed=await code_needed(user.user_id),
        has_password=await has_password(user.user_id),
        service=service,
        kept_token=await keep_form(user.user_id, path, fields) if service else "",
        passkeys=await read_user_passkeys(user.user_id),
        options=new_sign_in_options(user.csrf_token, called(ask.request)),
        problem=None if error is None else (field, error.detail),
    )


async def _page(ask: Ask) -> Response[Any]:
    return await _ask(ask, "/prove", {"next": local(ask.asked("next")) or "/"})


async def _done(ask: Ask) -> Response[Any]:
    return redirect(local(ask.form.get("next")) or "/")


handlers: Final[list[HTTPRouteHandler]] = [
    page("/prove", *EVERYBODY)(_page),
    action("/prove", *EVERYBODY)(proven(_done)),
]
