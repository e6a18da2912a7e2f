"""What the documents promise is there, and what is there is in the documents."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = [ROOT / "pastebin" / name for name in ("settings.py", "env.py")]
SOCIAL = {f"SOCIAL_{name}_{part}" for name in ("GITHUB", "GITLAB", "GOOGLE") for part in ("CLIENT_ID", "SECRET")}
#: Read by docker-compose.yml, not by the site.
COMPOSE = {"POSTGRES_PASSWORD", "PORT", "WEB_PROCESSES"}
#: Split, so that this file does not name what it looks for.
PACKAGE_HOSTS = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "index" + "-url", "find" + "-links"]))


def variables_of_settings() -> set[str]:
    """Every name that the settings read from the environment."""
    trees = [ast.parse(path.read_text()) for path in SETTINGS]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    return {str(name) for name in names} | SOCIAL


def committed_files() -> list[Path]:
    """Every file that git keeps, or is about to."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [ROOT / name for name in names.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_the_example_environment_names_every_variable_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {match[1] for line in lines if (match := re.match(r"#?\s?([A-Z][A-Z0-9_]+)=", line))}
    assert named - COMPOSE == variables_of_settings()


def test_the_guide_explains_every_variable() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text()
    assert {name for name in variables_of_settings() | COMPOSE if f"`{name}`" not in guide} == set()


def commands() -> set[str]:
    """The management commands of both apps."""
    return {path.stem for app in ("pastes", "accounts") for path in (ROOT / app).glob("management/commands/[!_]*.py")}


def test_the_guide_names_every_command() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text()
    assert {name for name in commands() if f"| `{name}" not in guide} == set()


def test_the_guide_names_no_command_that_is_missing() -> None:
    guide = (ROOT / "docs" / "operating.md").read_text()
    named = set(re.findall(r"^\| `([a-z_]+)(?: [^`]*)?` \|", guide, re.MULTILINE))
    others = {name for name in named if name.startswith("pastebin_")} | {"account"}
    assert named - others <= commands(), "the others are metrics, and a scope of tokens"


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_library_has_its_line(name: str) -> None:
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    libraries = [re.split(r"[\[<>=]", line)[0] for line in lines if line and not line.startswith(("#", "-"))]
    page = (ROOT / "docs" / "dependencies.md").read_text()
    assert [library for library in libraries if not re.search(rf"^\| .*\b{library}\b.* \|", page, re.MULTILINE)] == []


def test_no_committed_file_names_a_package_host() -> None:
    found = [
        path.relative_to(ROOT)
        for path in committed_files()
        if PACKAGE_HOSTS.search(path.read_bytes().decode("utf-8", "ignore"))
    ]
    assert found == []


@pytest.mark.parametrize("name", ["requirements", "requirements-dev", "requirements-seaweed"])
def test_every_requirement_is_exact_and_hashed(name: str) -> None:
    text = (ROOT / f"{name}.txt").read_text().replace("\\\n", " ")
    wrong = [line for line in text.splitlines() if line.strip() and not re.match(r"\S+==\S+ .*--hash=sha256:", line)]
    assert wrong == []


def test_make_help_lists_every_command() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert [line.split()[1] for line in listed.stdout.splitlines()] == targets
