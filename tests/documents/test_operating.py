"""OPERATING.md and deploy/ say what the code says: settings, commands, files and limits."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import main
from api.middleware.connection_limits import HEAD_BYTES
from api.settings import Settings
from api.wire.limits import BATCH_BODY_BYTES, BODY_BYTES, ROSTER_PACKAGE_BYTES

HERE = Path(__file__).parents[2]
DEPLOY = HERE / "deploy"
DOCUMENT = (HERE / "OPERATING.md").read_text()
SETTING = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`|–) \|", re.MULTILINE)
FENCED = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def default_text(default: object) -> str:
    """A default as the table shows it; nothing for none."""
    if default is None:
        return ""
    return str(default).lower() if isinstance(default, bool) else str(default)


def words(line: str) -> list[str]:
    """The words of one command: without substitutions, comment, redirection and what comes after a pipe or &&."""
    lexer = shlex.shlex(re.sub(r"\$\(.*?\)", "x", line), posix=True, punctuation_chars="|&<>;")
    lexer.whitespace_split, lexer.commenters = True, "#"
    found: list[str] = []
    for word in lexer:
        if set(word) <= set("|&<>;"):
            break
        found.append(word)
    return found


def commands() -> list[str]:
    """Every `evenkeel …` line of the document's shell blocks."""
    lines = "\n".join(FENCED.findall(DOCUMENT)).replace("\\\n", " ").split("\n")
    return [line for line in lines if line.startswith("evenkeel ")]


def parses(arguments: list[str]) -> str:
    """What is wrong with the arguments of ``evenkeel``; nothing when its help can be printed with them."""
    done = CliRunner().invoke(main, [*arguments, "--help"])
    return "" if done.exit_code == 0 else done.output


def test_the_table_has_every_setting_once_with_its_default() -> None:
    rows = SETTING.findall(DOCUMENT)
    assert sorted(name for name, _ in rows) == sorted(name.upper() for name in Settings.model_fields)
    assert dict(rows) == {name.upper(): default_text(field.default) for name, field in Settings.model_fields.items()}


@pytest.mark.parametrize("line", commands())
def test_every_command_of_the_document_exists_with_its_options(line: str) -> None:
    assert parses(words(line)[1:]) == ""


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert len(commands()) > 40
    assert "No such command" in parses(["restart"])
    assert "No such option" in parses(["backup", "x", "--nightly"])


def test_every_file_that_the_document_names_is_there() -> None:
    named = set(re.findall(r"deploy/[\w./-]*\w", DOCUMENT)) - {"deploy/compose.env"}
    assert {name for name in named if not (HERE / name).exists() and not list(HERE.glob(f"{name}*"))} == set()
    files = {path.relative_to(HERE).as_posix() for path in DEPLOY.rglob("*") if path.is_file()}
    assert {name for name in files if not any(name.startswith(known) for known in named)} == set()


def test_every_heading_that_the_document_links_to_is_there() -> None:
    headings = {
        re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)$", DOCUMENT, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([\w-]+)\)", DOCUMENT)) - headings == set()


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_each_unit_runs_a_command_that_exists_with_the_settings_and_as_the_user_of_the_service(unit: Path) -> None:
    text = unit.read_text()
    [started] = re.findall(r"/opt/evenkeel/current/bin/evenkeel ([a-z-]+)", re.sub(r"^#.*$", "", text, flags=re.MULTILINE))
    assert parses([started]) == ""
    assert "EnvironmentFile=/etc/evenkeel/evenkeel.env\n" in text  # without a dash: no settings, no start
    assert "User=evenkeel\n" in text
    assert ("backup.env" in text) is (started == "backup")


def test_the_units_pass_systemd_analyze(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    program = tmp_path / "evenkeel"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in (DEPLOY / "systemd").iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace("/opt/evenkeel/current/bin/evenkeel", str(program)))
    units = [str(path) for path in tmp_path.iterdir() if path != program]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["evenkeel.env.example", "compose.yaml"])
def test_the_examples_set_only_settings_that_exist(name: str) -> None:
    ours = {"POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD", "BACKUP_PASSWORD"}
    named = set(re.findall(r"^\s*([A-Z_]{4,})[=:]", (DEPLOY / name).read_text(), re.MULTILINE)) - ours
    assert {"PUBLIC_URL", "SECRET_KEY", "DATABASE_URL", "MAIL_URL"} <= named
    assert named - {field.upper() for field in Settings.model_fields} == set()


def test_the_compose_file_runs_commands_that_exist_and_asks_for_each_secret_of_its_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    run = re.findall(r"command: \[([a-z-]+)\]", text) + re.findall(r"exec evenkeel ([a-z-]+)", text)
    assert sorted(run) == ["backup", "migrate", "serve", "worker"]
    assert [command for command in run if parses([command])] == []
    example = set(re.findall(r"^([A-Z_]+)=$", (DEPLOY / "compose.env.example").read_text(), re.MULTILINE))
    assert set(re.findall(r"\$\{([A-Z_]+):", text)) == example
    assert set(re.findall(r"\\getenv \w+ (\w+)", (DEPLOY / "roles.sql").read_text())) < example


def test_the_proxy_takes_what_the_service_takes_and_little_more() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    [usual] = re.findall(r"^    client_max_body_size (\d+)m;", text, re.MULTILINE)
    larger = dict(re.findall(r"location = (\S+) \{ client_max_body_size (\d+)m;", text))
    limits = {"": BODY_BYTES, "/v1/observations:batch": BATCH_BODY_BYTES, "/v1/roster-imports": ROSTER_PACKAGE_BYTES}
    assert {path: int(size) << 20 for path, size in {"": usual, **larger}.items()} == {
        path: size + (1 << 20) for path, size in limits.items()
    }
    [(count, size)] = re.findall(r"large_client_header_buffers (\d+) (\d+)k;", text)
    assert int(count) * int(size) * 1024 == HEAD_BYTES
    assert set(re.findall(r"location = (\S+) \{ return 404; \}", text)) == {"/metrics", "/readyz"}


def test_the_proxy_replaces_the_address_that_a_client_gives() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "$proxy_add_x_forwarded_for" not in text


def test_nginx_reads_the_configuration(tmp_path: Path) -> None:
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        pytest.skip("no nginx and openssl here")
    pair = ["-keyout", str(tmp_path / "privkey.pem"), "-out", str(tmp_path / "fullchain.pem")]
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=x",
        *pair,
    ]
    subprocess.run(made, check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/evenkeel", str(tmp_path))
    # Only looked at: a port in use is no fault for -t.
    text = text.replace("/var/log/nginx", str(tmp_path)).replace("listen 443", "listen 127.0.0.1:8443")
    text = text.replace("listen 80", "listen 127.0.0.1:8080")
    (tmp_path / "site.conf").write_text(text)
    kept = "".join(f"{name}_temp_path {tmp_path}/{name}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ {kept} include {tmp_path}/site.conf; }}"
    )
    done = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_wrapper_refuses_without_settings_and_hands_the_privileged_role_to_backup_and_restore_alone(tmp_path: Path) -> None:
    text = (DEPLOY / "evenkeel.sh").read_text().replace("/etc/evenkeel", str(tmp_path))
    wrapper = tmp_path / "evenkeel.sh"
    wrapper.write_text(re.sub(r"exec setpriv.*", 'echo "$DATA ${BACKUP_DATABASE_URL-none} $*"', text, flags=re.DOTALL))

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            ["sh", wrapper, *arguments], capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"}
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    status, said = run("doctor")
    assert (status, "cannot be read" in said) == (2, True)
    (tmp_path / "evenkeel.env").write_text("DATA='/data'\n")
    (tmp_path / "backup.env").write_text("BACKUP_DATABASE_URL='past'\n")
    assert run("doctor", "--scores") == (0, "/data none doctor --scores")
    assert run("backup", "a b") == (0, "/data past backup a b")
