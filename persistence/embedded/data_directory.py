"""The data folder: its lock, its passwords, and the creation of the cluster."""

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
    """Create the data folder, private to this user. Raises `StartError` for a folder that every user may write to."""
    try:
        home.mkdir(0o700, parents=True, exist_ok=True)
        status = home.stat()
    except OSError as failure:
        raise StartError(f"the data folder {home} cannot be created ({failure.strerror}): choose another one") from failure
    if status.st_mode & stat.S_IWOTH:
        raise StartError(f"every user may write to {home}: choose a separate folder for the data, such as {home / 'evenkeel'}")


def lock_home(home: Path) -> int:
    """Lock the data folder for this process; return the open file. The kernel releases the lock when the process ends."""
    try:
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as failure:
        raise StartError(
            f"{home} belongs to another user ({failure.strerror}): run as that user or choose another folder"
        ) from failure
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(lock, 20).decode(errors="replace").strip() or "unknown"
        os.close(lock)
        raise StartError(
            f"{home} is in use by another process ({holder}): stop it first or choose another data folder"
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    return lock


def grant_folder_access(home: Path, account: OsAccount) -> None:
    """Let the server's account traverse the data folder. Folders above it are never changed: one may be somebody's home."""
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
    """Return the password in `path`; create it (mode 0600) when the file is missing or empty."""
    if path.exists() and (stored := path.read_text()):
        return stored
    password, half = secrets.token_urlsafe(24), path.with_suffix(".new")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password)
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)
    return password


def ensure_cluster(home: Path, binaries: Binaries, account: OsAccount, *, durable: bool) -> str:
    """Create the cluster in `home/pgdata` when there is none; return its administrator's password."""
    data, password_file = home / "pgdata", home / "admin.password"
    if not data.exists():
        password = read_or_create_password(password_file)
        _create_cluster(home, data, password, binaries, account, durable=durable)
        return password
    password = password_file.read_text() if password_file.exists() else ""
    if not password:
        raise StartError(
            f"{password_file} is missing or empty, and {data} cannot be opened without it: restore it from a backup"
        )
    _same_version(data, binaries)
    return password


def _same_version(data: Path, binaries: Binaries) -> None:
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except OSError as failure:
        raise StartError(f"{data} is not a PostgreSQL cluster: move it away, or choose another data folder") from failure
    if found != str(binaries.major):
        raise StartError(
            f"{data} was created by PostgreSQL {found}, and the programs are PostgreSQL {binaries.major}: set PG_BIN to the "
            f"folder of a PostgreSQL {found}, or take a dump with it (pg_dump) and restore that into a new data folder"
        )


def _create_cluster(home: Path, data: Path, password: str, binaries: Binaries, account: OsAccount, *, durable: bool) -> None:
    """Create the cluster under another name and rename it, so that an interrupted creation never looks complete."""
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
    # Through a pipe: the account that initdb runs as cannot read the password file.
    reading, writing = os.pipe()
    os.write(writing, password.encode())
    os.close(writing)
    if account.needs_switch:
        os.fchown(reading, account.uid, account.gid)
    return reading


def _initdb_arguments(binaries: Binaries, new: Path, reading: int) -> list[str | Path]:
    locale = ["--locale=C", "--lc-ctype=C.UTF-8", "--data-checksums"]
    if binaries.major >= BUILTIN_LOCALE_SINCE:  # the same order on every system, also after system upgrades
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
        raise StartError(f"PostgreSQL could not create its data folder; see {log}:\n{log.read_text(errors='replace')[-2000:]}")


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def log_file(home: Path) -> Path:
    """Return the server's log file, after rotating a large one; one older file is kept."""
    log = home / "postgres.log"
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.rename(home / "postgres.log.1")
    return log
