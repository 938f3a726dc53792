"""`doorstep keys`: the signing keys of a deployment."""

from typing import Final

import click


@click.group()
def keys() -> None:
    """The signing keys that all processes of a deployment share (DOORSTEP_KEYS)."""


@keys.command()
def new() -> None:
    """Print fresh keys as JSON. Make them once, keep them safe and secret, and back them up.

    \b
    Example:
      (umask 077; doorstep keys new > keys.json)
    """
    from backend.keys import new as fresh

    click.echo(fresh(), nl=False)


@keys.command()
def rotate() -> None:
    """Print the keys of DOORSTEP_KEYS with a fresh one to sign. Of those before it only the public halves stay.

    What they signed up to now can still be checked; whatever they sign from now on counts for nothing. Restart every
    process with the new keys at once, then destroy the old file.

    \b
    Example:
      (umask 077; doorstep keys rotate > keys-new.json)
    """
    from backend import clock
    from backend.keys import current_text, rotated

    click.echo(rotated(current_text(), clock.now()), nl=False)


@keys.command()
def public() -> None:
    """Print the public halves as a JWK set, as /schema/keys serves them.

    \b
    Example:
      doorstep keys public > keys-public.json
    """
    import json

    from backend.keys import current

    click.echo(json.dumps(current().jwk_set(), indent=2))


commands: Final = [keys]
