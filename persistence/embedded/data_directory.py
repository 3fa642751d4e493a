"""The data folder: one process at a time, its secret, and a cluster that is whole or not there at all."""

import fcntl
import os
import pwd
import secrets
import shutil
import signal
import stat
from pathlib import Path

from persistence.embedded.address import ADMIN
from persistence.embedded.binaries import Binaries
from persistence.embedded.child_process import spawn
from persistence.embedded.errors import StartError
from persistence.embedded.os_account import OsAccount

BUILTIN_LOCALE_SINCE = 17
LOG_LIMIT = 10_000_000


def create_home(home: Path) -> None:
    """Make the data folder, for us alone; a folder that everybody may write to is refused."""
    try:
        home.mkdir(0o700, parents=True, exist_ok=True)
        found = home.stat()
    except OSError as failure:
        raise StartError(f"the data folder {home} cannot be made ({failure.strerror}): choose another one") from failure
    if found.st_mode & stat.S_IWOTH:
        raise StartError(f"everybody may write to {home}: choose a folder of its own for the data, such as {home / 'evenkeel'}")


def lock_home(home: Path) -> int:
    """Take the data folder for this process; returns the open file, and the kernel frees it whatever happens to us."""
    try:
        held = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as failure:
        raise StartError(
            f"{home} belongs to another user ({failure.strerror}): run as that user or choose another folder"
        ) from failure
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(held, 20).decode(errors="replace").strip() or "unknown"
        os.close(held)
        raise StartError(
            f"{home} is in use by another process ({holder}): stop it first or choose another data folder"
        ) from None
    os.ftruncate(held, 0)
    os.write(held, str(os.getpid()).encode())
    return held


def grant_folder_access(home: Path, account: OsAccount) -> None:
    """Let the server's account pass through the data folder, but change no folder above it: that may be somebody's home."""
    if not account.needs_switch or (closed := account.first_closed_folder(home)) is None:
        return
    if closed == home.resolve() and not _is_home_folder(closed):
        home.chmod(stat.S_IMODE(home.stat().st_mode) | 0o011)
        return
    raise StartError(
        f"as root PostgreSQL runs as user {account.name}, who cannot enter {closed}: "
        "choose a data folder outside it, such as /var/lib/evenkeel"
    )


def _is_home_folder(folder: Path) -> bool:
    return folder.stat().st_uid != 0 or any(Path(user.pw_dir) == folder for user in pwd.getpwall())


def read_or_create_password(path: Path) -> str:
    """The password kept in `path`, made and written (mode 0600) when there is none yet, or nothing in the file."""
    if path.exists() and (stored := path.read_text()):
        return stored
    made, half = secrets.token_urlsafe(24), path.with_suffix(".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)
    return made


def ensure_cluster(home: Path, binaries: Binaries, account: OsAccount, *, durable: bool) -> str:
    """The administrator's password of the cluster in `home/pgdata`, which is made when there is none yet."""
    data, kept = home / "pgdata", home / "admin.password"
    if not data.exists():
        password = read_or_create_password(kept)
        _create_cluster(home, data, password, binaries, account, durable=durable)
        return password
    password = kept.read_text() if kept.exists() else ""
    if not password:
        raise StartError(f"{kept} is gone or empty, and without it nobody gets into {data}: put it back from your backup")
    _same_version(data, binaries)
    return password


def _same_version(data: Path, binaries: Binaries) -> None:
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except OSError as failure:
        raise StartError(f"{data} is no PostgreSQL cluster: move it away, or choose another data folder") from failure
    if found != str(binaries.major):
        raise StartError(
            f"{data} was made by PostgreSQL {found} and the programs are of PostgreSQL {binaries.major}: set PG_BIN to the "
            f"folder of a PostgreSQL {found}, or take a dump with it (pg_dump) and restore that into a new data folder"
        )


def _create_cluster(home: Path, data: Path, password: str, binaries: Binaries, account: OsAccount, *, durable: bool) -> None:
    """Build the cluster beside its place and then rename it: one that was killed midway is never mistaken for a whole one."""
    new = home / "pgdata.new"
    shutil.rmtree(new, ignore_errors=True)
    account.make_private_folder(new)
    reading = _password_pipe(password, account)
    try:
        _run_initdb(home, [*_initdb_arguments(binaries, new, reading), *([] if durable else ["--no-sync"])], account, reading)
    finally:
        os.close(reading)
    new.rename(data)
    _fsync_folder(home)


def _password_pipe(password: str, account: OsAccount) -> int:
    # Through a pipe: the file with the password is closed to the account that initdb runs under.
    reading, writing = os.pipe()
    os.write(writing, password.encode())
    os.close(writing)
    if account.needs_switch:
        os.fchown(reading, account.uid, account.gid)
    return reading


def _initdb_arguments(binaries: Binaries, new: Path, reading: int) -> list[str | Path]:
    locale = ["--locale=C", "--lc-ctype=C.UTF-8", "--data-checksums"]
    if binaries.major >= BUILTIN_LOCALE_SINCE:  # the same order on every system and after every upgrade of it
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums"]
    return [
        *(binaries.initdb, "-D", new, "-U", ADMIN, "-A", "scram-sha-256", "-E", "UTF8"),
        *locale,
        f"--pwfile=/dev/fd/{reading}",
    ]


def _run_initdb(home: Path, arguments: list[str | Path], account: OsAccount, reading: int) -> None:
    log = home / "initdb.log"
    with log.open("wb") as output:
        child = spawn(arguments, account=account, death_signal=signal.SIGKILL, output=output, inherited=[reading])
        try:
            code = child.process.wait()
        except BaseException:
            child.process.kill()
            child.process.wait()
            raise
        finally:
            child.release()
    if code != 0:
        raise StartError(
            f"PostgreSQL could not make its data folder; {log} says why:\n{log.read_text(errors='replace')[-2000:]}"
        )


def _fsync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def log_file(home: Path) -> Path:
    """The server's messages; one older file is kept, so that they never fill the disk."""
    log = home / "postgres.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.rename(home / "postgres.log.1")
    return log
