"""`doorstep load` and `doorstep user add`, as a person calls them."""

import json
from pathlib import Path

from tests.conftest import Database
from tests.program import doorstep
from tests.use_cases.loading import samples
from tests.use_cases.loading.samples import as_csv, with_row


def test_load_prints_a_summary_or_a_line_for_each_fault(database: Database, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(as_csv(samples.ORGANISATIONS))
    bad.write_bytes(as_csv(with_row(with_row(samples.ORGANISATIONS, 0, kind="x"), 1, name="")))
    refused = doorstep(database, "load", "organisations", str(bad))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.splitlines() == [
        "bad.csv, row 2, kind: must be one of provider, council, nhs",
        "bad.csv, row 3, name: is required",
        "2 faults found; nothing was changed.",
    ]
    loaded = doorstep(database, "load", "organisations", str(good))
    assert (loaded.returncode, loaded.stdout) == (
        0,
        "organisations: 4 rows: 4 new, 0 changed, 0 unchanged.\n",
    )
    again = doorstep(database, "load", "organisations", str(good), "--json", "--dry-run")
    assert json.loads(again.stdout)["unchanged"] == 4
    wrong = doorstep(database, "load", "rota", str(good), "--complete", "2026-11-02")
    assert wrong.returncode == 2
    assert "must be two London dates" in wrong.stderr


def test_user_add_prints_a_link_or_takes_a_password(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "organisations.csv"
    path.write_bytes(as_csv(samples.ORGANISATIONS))
    assert doorstep(database, "load", "organisations", str(path)).returncode == 0
    manager = ("user", "add", "--organisation", "hearth", "--role", "manager", "--email")
    link = doorstep(database, *manager, "ann@example.org")
    assert link.stdout.startswith("http://127.0.0.1:8000/set-password/")
    twice = doorstep(database, *manager, "Ann@Example.org", "--password-stdin", typed="long enough\n")
    assert (twice.returncode, twice.stderr) == (
        1,
        "There is a user with the address Ann@Example.org already.\n",
    )


def test_templates_are_listed_and_shown_as_a_starting_point(database: Database, tmp_path: Path) -> None:
    listed = doorstep(database, "pay-template", "list")
    assert [line.split("  ")[0] for line in listed.stdout.splitlines()] == ["generic", "sage-50", "brightpay"]
    shown = doorstep(database, "pay-template", "show", "generic")
    [template] = json.loads(shown.stdout)
    assert (template["reference"], template["line"]["amount"]) == ("generic", "amount")
    none = doorstep(database, "pay-template", "show", "nobodys")
    assert (none.returncode, none.stderr.split(";")[0]) == (1, "No template has the name nobodys")


def test_options_of_a_payroll_export_must_fit_together(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text("employee,code\n")
    for options, said in (
        (("pay", str(path), "--provider", "hearth"), "--provider goes with --template"),
        (("rota", str(path), "--template", "generic"), "--template goes with pay"),
        (("pay", str(path), "--template", "generic"), "needs --provider"),
    ):
        refused = doorstep(database, "load", *options)
        assert (refused.returncode, said in refused.stderr) == (2, True)
    wrong = doorstep(
        database,
        "load",
        "pay",
        str(path),
        "--template",
        "generic",
        "--provider",
        "hearth",
        "--paid-on",
        "13/11",
    )
    assert (wrong.returncode, "--paid-on" in wrong.stderr) == (2, True)
