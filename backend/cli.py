"""The `doorstep` command. A command's module is imported only when it is used, so that help is quick."""

import json
import signal
import sys
from importlib import import_module
from typing import Final

import click

from backend.faults import DomainError, SetupFault
from schemas.strict import Faulty

COMMANDS: Final = {
    "audit": ("audit", "Flag what a person should look at, and draw samples."),
    "calc": ("calc", "Work out one case: wage, day, pay or price."),
    "demo": ("demo", "Play a made-up county through the whole system, and show it."),
    "documents": ("documents", "Recompute frozen documents from the facts."),
    "enrol-code": ("phones", "Let a carer enrol a phone."),
    "evidence": ("evidence", "Write the evidence behind a wage report into one file."),
    "export": ("exporting", "Write files for others: documents, e-invoices, the manual share."),
    "contract": ("contracts", "Say contracts back in plain English, with their gaps."),
    "device": ("phones", "List, revoke or unlock phones."),
    "doctor": ("doctor", "Look for what is wrong with this installation."),
    "invoice": ("invoicing", "Drafts of invoices, issuing a finished period on demand, and payments."),
    "jobs": ("jobs", "What is due, running it, and what ran."),
    "keys": ("keys", "Make the signing keys of a deployment."),
    "load": ("loading", "Load an organisation's files: carers, rota, pay and the rest."),
    "pay-template": ("templates", "How payroll exports read: list the templates, or show one."),
    "delivery-template": (
        "templates",
        "How files for councils are written: list the templates, or show one.",
    ),
    "migrate": ("database", "Bring the database to the newest version."),
    "place": ("places", "Where visits may be made besides people's homes."),
    "serve": ("serve", "Run the web process."),
    "rules": ("statute", "List the rules that results name, with their citations."),
    "hold": ("privacy", "Legal holds: records that must not go."),
    "retention": ("privacy", "How long each class of records is kept."),
    "subject-access": ("privacy", "Everything about one carer or person, in one file."),
    "settings": ("settings", "List the settings, their meaning and present value."),
    "reconcile": ("reconciling", "Hold issued invoices against visits, both ways."),
    "remediation": ("remediation", "Who was short, what is due today, and what was paid since."),
    "verify": ("verifying", "Say whether records, or an evidence bundle, are as they were."),
    "wage-report": ("what_if", "A pay reference period under another policy, beside the real one."),
    "worker": ("jobs", "Run the jobs: invoices, wage reports, alerts."),
    "simulate": ("demo", "Make up a county: write its files, play its days on a server."),
    "statement": ("statements", "What a person was given, and what it costs them, in plain words."),
    "statute": ("statute", "Check the packaged law."),
    "tag": ("tags", "Cards, fobs, NFC tags and telephone lines in people's homes."),
    "telephone": ("telephone", "Calls and text messages of carers without a phone of their own."),
    "travel": ("travel", "Ask about journeys, and fit their estimates to the gaps."),
    "user": ("users", "Add people who sign in, and say how long they may."),
}
"""Name -> module of backend/commands that has it in its list `commands`, and its line in the help."""


class _Lazy(click.Group):
    """A group that imports a command when it is called for, and lists them without."""

    def list_commands(self, context: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        commands: list[click.Command] = import_module(f"backend.commands.{COMMANDS[name][0]}").commands
        return next(command for command in commands if command.name == name)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in sorted(COMMANDS)])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="doorstep")
def cli() -> None:
    """Doorstep proves every paid minute of homecare.

    Settings come from the environment: `doorstep settings` lists them. To see it at work: `doorstep demo`.
    """


def main() -> None:
    """Run the command line. Exit status: 0 all done, 1 not done, 2 the input or the call was wrong."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        cli()
    except Faulty as error:
        from backend.problems import invalid

        print(json.dumps(invalid(error), indent=2), file=sys.stderr)
        sys.exit(2)
    except (SetupFault, DomainError) as error:
        print(error, file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        print(
            f"{error.filename} cannot be read or written: {error.strerror}. "
            "Name a place that exists and that this account may use.",
            file=sys.stderr,
        )
        sys.exit(1)
    except Exception as error:
        from backend.logs import (
            trace,
        )  # without words: they may hold what was loaded, and this is often a log

        print(f"This went wrong on our side. Tell us what it was:\n{trace(error)}", file=sys.stderr)
        sys.exit(1)


def _terminate(number: int, frame: object) -> None:
    """Leave by way of every `finally`, so that an embedded database is not left running."""
    sys.exit(128 + number)
