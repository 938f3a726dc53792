"""What the program's own role cannot do, and what runs with more rights than it has."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.conftest import Database
from tests.security.everybodys_rows import PARTS, A, B, C, fill

BEFORE_A_TENANT_IS_KNOWN = {
    "calendar_of": "whose calendar has an address, by the hash of its token",
    "device_home": "the provider of a phone, by its id",
    "enrol_code_home": "the provider of an enrolment code, by its hash",
    "every_provider": "the providers, for jobs",
    "organisation_by_reference": "an organisation's id and kind, for files that name it",
    "organisation_names": "names and addresses of organisations that another's documents name",
    "session_account": "who has a session, by the hash of its token",
    "sign_in_account": "the account of an address, to look at its password",
    "telephone_home": "the provider of a telephone service, by its id",
}
ACROSS_TENANTS = {
    "digests_due": "the commissioners of work, and the day of their newest digest, for jobs",
    "newest_of_providers": "digests of checkpoints and seals of the providers that work for the open commissioner",
    "newest_record_checks": "how many faults the newest look at each provider's records found, for metrics",
    "sealed_until": "up to when records are sealed, which no job may write into",
    "contracts_with": "whether the commissioner that is open has a contract with a provider",
    "counter_owned_before": "whether a reading of a tag proved something else: the same for every reader",
    "own_visit_starts": "when a visit of the person that is open begins",
    "own_visits": "the visits of the person that is open, and who comes",
    "paid_visit": "a visit that the commissioner that is open pays a share of",
    "worked_elsewhere": "seconds in which a carer of the open provider was at another's visit; each use is logged",
}
UPKEEP = {
    "erase": "names and homes of one carer or person of the open provider, noted with why",
    "forget": "rows of the open provider that had their time, each noted with why",
    "forget_unclaimed": "bodies that no tenant can be told, after the period of positions",
    "analyse_partitioned": "statistics of partitioned tables",
    "ensure_event_year": "the partition of a year",
}
POWERS = [
    "SET ROLE doorstep_owner",
    "SET SESSION AUTHORIZATION doorstep_owner",
    "SET session_replication_role = replica",
    "ALTER TABLE visit DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE visit OWNER TO doorstep_application",
    "ALTER ROLE doorstep_application BYPASSRLS",
    "ALTER ROLE doorstep_application SUPERUSER",
    "CREATE POLICY mine ON visit USING (true)",
    "DROP POLICY provider ON visit",
    "DROP TRIGGER append_only ON visit",
    "ALTER TABLE visit DISABLE TRIGGER ALL",
    "CREATE OR REPLACE FUNCTION current_provider() RETURNS uuid LANGUAGE sql AS $$ SELECT NULL::uuid $$",
    "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
    "CREATE TABLE public.mine (x int)",
    "CREATE VIEW public.mine AS SELECT 1",
    "CREATE SCHEMA mine",
    "CREATE EXTENSION pg_stat_statements",
    "CREATE RULE mine AS ON INSERT TO visit DO ALSO NOTHING",
    "CREATE TRIGGER mine AFTER INSERT ON visit FOR EACH ROW EXECUTE FUNCTION tell_of_document()",
    "SELECT tell(gen_random_uuid(), 'help', '/', now())",
    "SELECT refuse_change()",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY visit FROM '/etc/passwd'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_statistic",
]


@pytest.fixture
async def application(database: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(str(database.settings.database_url))
    yield connection
    await connection.close()


async def test_what_runs_as_the_owner_is_listed_pinned_and_called_by_the_application_alone(
    superuser: asyncpg.Connection,
) -> None:
    found = await superuser.fetch(
        """SELECT p.proname AS name, p.proconfig AS settings, p.prorettype = 'trigger'::regtype AS trigger,
               has_function_privilege('public', p.oid, 'EXECUTE') AS anybody,
               has_function_privilege('doorstep_application', p.oid, 'EXECUTE') AS application
           FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef"""
    )
    callable_ = BEFORE_A_TENANT_IS_KNOWN.keys() | ACROSS_TENANTS.keys() | UPKEEP.keys()
    assert {row["name"] for row in found if row["application"]} == callable_
    # Called by nobody: what triggers run, and what those call.
    assert {row["name"] for row in found if not row["application"] and not row["trigger"]} == {"tell"}
    assert [row["name"] for row in found if row["anybody"]] == []
    # Without pg_temp named last, a temporary table of the caller's would be read in place of ours.
    assert [row["name"] for row in found if row["settings"] != ["search_path=public, pg_temp"]] == []


async def test_a_temporary_table_takes_the_place_of_none_of_ours(
    superuser: asyncpg.Connection, application: asyncpg.Connection
) -> None:
    await fill(superuser)
    await superuser.execute(
        "GRANT TEMPORARY ON DATABASE current TO PUBLIC".replace("current", await _name(superuser))
    )
    await application.execute("CREATE TEMPORARY TABLE contract (provider_id uuid, commissioner_id uuid)")
    await application.execute("INSERT INTO contract VALUES ($1, $2)", B, C)
    await application.execute("CREATE TEMPORARY TABLE device (provider_id uuid, id uuid)")
    await application.execute("INSERT INTO device VALUES ($1, $2)", B, PARTS[0].id)
    async with application.transaction():
        await application.execute("SELECT set_config('doorstep.commissioner_id', $1, true)", str(C))
        assert not await application.fetchval("SELECT contracts_with($1)", B)
        assert await application.fetchval("SELECT contracts_with($1)", A)
        assert await application.fetchval("SELECT count(*) FROM audit_run WHERE provider_id = $1", B) == 0
        assert await application.fetchval("SELECT device_home($1)", PARTS[0].id) == A


async def _name(connection: asyncpg.Connection) -> str:
    return str(await connection.fetchval("SELECT quote_ident(current_database())"))


async def test_a_function_of_the_caller_s_sees_no_row_before_the_policy_does(
    superuser: asyncpg.Connection, application: asyncpg.Connection
) -> None:
    """The planner would run a cheap condition first, and a condition that raises or notes tells what it was given."""
    await fill(superuser)
    heard: list[str] = []
    application.add_log_listener(lambda _, message: heard.append(str(message)))
    await application.execute(
        "CREATE FUNCTION pg_temp.overhear(said text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS"
        " $$ BEGIN RAISE NOTICE '%', said; RETURN true; END $$"
    )
    async with application.transaction():
        await application.execute("SELECT set_config('doorstep.provider_id', $1, true)", str(B))
        rows = await application.fetch("SELECT FROM service_user_version WHERE pg_temp.overhear(name)")
    assert len(rows) == len(heard) == 1 and PARTS[2].reference() in heard[0]


async def test_the_application_s_role_gets_no_more_rights(application: asyncpg.Connection) -> None:
    for statement in POWERS:
        with pytest.raises((asyncpg.InsufficientPrivilegeError, asyncpg.FeatureNotSupportedError)):
            await application.execute(statement)
            pytest.fail(statement)


async def test_a_trigger_that_writes_for_anybody_hangs_on_no_table_of_the_caller_s(
    superuser: asyncpg.Connection, application: asyncpg.Connection
) -> None:
    await application.execute(
        "CREATE TEMPORARY TABLE mine (kind text, provider_id uuid, raised_at timestamptz)"
    )
    names = await superuser.fetch(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"
        " AND prorettype = 'trigger'::regtype"
    )
    assert len(names) > 5
    for row in names:
        hung = f"CREATE TRIGGER mine AFTER INSERT ON mine FOR EACH ROW EXECUTE FUNCTION {row['proname']}()"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(hung)


async def test_row_security_switched_off_is_an_error_and_statistics_tell_nothing(
    superuser: asyncpg.Connection, application: asyncpg.Connection
) -> None:
    await fill(superuser)
    await superuser.execute("ANALYZE service_user_version")
    told = "SELECT count(*) FROM pg_stats WHERE tablename = 'service_user_version'"
    assert (await application.fetchval(told), await superuser.fetchval(told) > 5) == (0, True)
    await application.execute("SET row_security = off")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await application.fetch("SELECT * FROM visit")
    await application.execute("RESET ROLE; RESET row_security")
    assert await application.fetchval("SELECT count(*) FROM visit") == 0


async def test_a_tenant_that_is_no_id_opens_nothing(
    application: asyncpg.Connection, superuser: asyncpg.Connection
) -> None:
    await fill(superuser)
    for value in ("*", "%", "null", f"{A}' OR true --", str(A)[:-1]):
        async with application.transaction():
            await application.execute("SELECT set_config('doorstep.provider_id', $1, true)", value)
            with pytest.raises(asyncpg.InvalidTextRepresentationError):
                async with application.transaction():
                    await application.fetch("SELECT * FROM visit")
