"""The embedded PostgreSQL: started, joined, left, recovered. Each test has a server of its own."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from backend import embedded
from backend.embedded import binaries
from backend.embedded import cluster as clusters
from backend.embedded.account import Account, can_reach, unprivileged
from backend.faults import SetupFault
from tests.conftest import in_memory

pytestmark = pytest.mark.slow

FAST = ("fsync=off",)


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder in which nothing is yet."""
    with _folder() as folder:
        yield folder / "data"


@pytest.fixture
def made(made_once: Path) -> Iterator[Path]:
    """One in which a server was started and has stopped: to make it takes longer than most of what is tried on it."""
    with _folder() as folder:
        subprocess.run(["cp", "-a", made_once, folder], check=True)
        yield folder / made_once.name


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    with _folder() as folder:
        with embedded.running(folder / "data", FAST):
            pass
        yield folder / "data"


@pytest.fixture
def umask() -> Iterator[Callable[[int], int]]:
    """Sets what new files are kept from others by, until the test ends."""
    before = os.umask(0o022)
    os.umask(before)
    yield os.umask
    os.umask(before)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="doorstep-embedded-", dir=in_memory()) as name:
        Path(name).chmod(0o711)
        yield Path(name)


def _pid(data: Path) -> int | None:
    path = data / "postgresql" / "postmaster.pid"
    return int(path.read_text().splitlines()[0]) if path.exists() else None


async def _answer(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval("SELECT current_user"))
    finally:
        await connection.close()


async def test_it_starts_answers_for_each_role_and_stops(data: Path) -> None:
    with embedded.running(data, FAST) as urls:
        assert await _answer(urls.application) == "doorstep_application"
        assert await _answer(urls.owner) == "doorstep_owner"
        assert (data / "application.url").read_text().strip() == urls.application
    assert _pid(data) is None


async def test_what_was_stored_is_there_at_the_next_start(made: Path) -> None:
    with embedded.running(made, FAST) as urls:
        connection = await asyncpg.connect(urls.owner)
        await connection.execute("CREATE TABLE kept (n int)")
        await connection.close()
    with embedded.running(made, FAST) as again:
        connection = await asyncpg.connect(again.owner)
        assert await connection.fetchval("SELECT count(*) FROM kept") == 0
        await connection.close()


async def test_the_last_to_leave_stops_it_whoever_started_it(made: Path) -> None:
    first, second = embedded.running(made, FAST), embedded.running(made)
    started = first.__enter__()
    joined = second.__enter__()
    assert joined == started
    first.__exit__(None, None, None)
    assert await _answer(joined.application) == "doorstep_application"
    second.__exit__(None, None, None)
    assert _pid(made) is None


async def test_a_killed_server_is_started_again_past_its_stale_pid_file(made: Path) -> None:
    with embedded.running(made, FAST):
        pid = _pid(made)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        _wait_until_gone(pid)
        with embedded.running(made, FAST) as again:
            assert await _answer(again.application) == "doorstep_application"


async def test_no_server_starts_beside_a_process_that_a_killed_one_left(made: Path) -> None:
    """Two servers' processes on the same files would destroy them."""
    with embedded.running(made, FAST) as urls:
        connection = await asyncpg.connect(urls.application)
        left = await connection.fetchval("SELECT pg_backend_pid()")
        os.kill(left, signal.SIGSTOP)
        try:
            killed = _pid(made)
            assert killed is not None
            os.kill(killed, signal.SIGKILL)
            _wait_until_gone(killed)
            with pytest.raises(SetupFault, match="still in use"), embedded.running(made, FAST):
                pass
        finally:
            os.kill(left, signal.SIGCONT)
        with embedded.running(made, FAST) as again:
            assert await _answer(again.application) == "doorstep_application"
        connection.terminate()


async def test_a_pid_file_naming_another_program_is_stale(made: Path) -> None:
    with embedded.running(made, FAST):
        text = (made / "postgresql" / "postmaster.pid").read_text()
    (made / "postgresql" / "postmaster.pid").write_text(
        text.replace(text.split("\n")[0], str(os.getpid()), 1)
    )
    with embedded.running(made, FAST) as urls:
        assert await _answer(urls.application) == "doorstep_application"


def test_a_killed_process_leaves_a_server_that_the_next_one_joins_and_stops(made: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(made)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "running\n"
    holder.kill()
    holder.communicate()
    left = _pid(made)
    assert left is not None
    with embedded.running(made):
        assert _pid(made) == left
    assert _pid(made) is None


_HOLD = """
import sys, time, pathlib
from backend import embedded
with embedded.running(pathlib.Path(sys.argv[1]), ("fsync=off",)):
    print("running", flush=True)
    time.sleep(60)
"""


def _wait_until_gone(pid: int) -> None:
    until = time.monotonic() + 60
    while clusters.is_server(pid, Path("/")):
        assert time.monotonic() < until, "the server was killed and lives"
        time.sleep(0.01)


async def test_nobody_gets_in_without_the_password(made: Path) -> None:
    with embedded.running(made, FAST) as urls, pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(urls.application.replace("doorstep_application:", "doorstep_application:wrong"))


def test_passwords_and_urls_are_readable_by_their_owner_alone(data: Path) -> None:
    with embedded.running(data, FAST) as urls:
        files = [path for path in data.iterdir() if path.suffix in (".url", ".json")]
        assert len(files) == 4
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
        assert "@" not in repr(urls)


def test_the_server_never_runs_as_root(made: Path) -> None:
    with embedded.running(made, FAST):
        owner = (made / "postgresql" / "postmaster.pid").stat().st_uid
    account = unprivileged()
    assert owner == (account.uid if account else os.geteuid())
    assert owner != 0


def test_a_closed_folder_cannot_be_reached_by_another_account(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    stranger = Account("stranger", uid=54321, gid=54321)
    assert not can_reach(closed, stranger)
    assert can_reach(closed, None)
    assert can_reach(Path("/"), stranger)


@pytest.mark.parametrize("mask", [0o022, 0o077])
async def test_programs_and_data_in_folders_closed_to_its_account_are_kept_where_it_can_reach_them(
    monkeypatch: pytest.MonkeyPatch, data: Path, umask: Callable[[int], int], mask: int
) -> None:
    """As root: a project under /root, which nobody else may enter. An ordinary user needs no copy, and gets none."""
    umask(mask)
    shared, closed = data.parent / "shared", data.parent / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr(binaries, "SHARED", shared)
    monkeypatch.setattr(binaries, "can_reach", lambda path, account: account is None)
    with embedded.running(closed / "data", FAST) as urls:
        assert await _answer(urls.application) == "doorstep_application"
    kept = sorted(path.name.split("-")[0] for path in shared.iterdir()) if shared.exists() else []
    assert kept == (["cluster", "postgresql"] if os.geteuid() == 0 else [])


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupFault, match="DOORSTEP_DATA"), embedded.running(tmp_path / "file" / "data"):
        pass


def test_lost_passwords_are_explained(made: Path) -> None:
    (made / "embedded.json").unlink()
    with pytest.raises(SetupFault, match="delete"), embedded.running(made, FAST):
        pass
    assert _pid(made) is None
