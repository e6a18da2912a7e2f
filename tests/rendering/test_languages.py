"""Pygments' list of languages, and what this site adds to it."""

import subprocess
import sys

from pygments.lexers import find_lexer_class_by_name

from pastes.rendering.languages import OWN, canonical, choices, extension_of, has_lexer, hue_of, is_known, name_of


def test_every_choice_is_a_lexer_or_a_way_to_show_text() -> None:
    own = {aliases[0] for _, aliases, _, _ in OWN}
    aliases = [alias for alias, _ in choices()]
    assert len(set(aliases)) == len(aliases) > 500
    assert all(find_lexer_class_by_name(alias).aliases[0] == alias for alias in aliases if alias not in own)
    assert {alias for alias in aliases if not has_lexer(alias)} == own | {"text"}
    names = [name.casefold() for _, name in choices()]
    assert names == sorted(names)


def test_it_understands_aliases_and_names_in_any_case() -> None:
    assert canonical("PY3") == canonical(" Python ") == canonical("python") == "python"
    assert canonical("C++") == "cpp"
    assert canonical("") is canonical("klingon") is None
    assert is_known("python")
    assert not is_known("py3")


def test_it_names_and_abbreviates() -> None:
    assert (name_of("cpp"), name_of("splus"), name_of("gone")) == ("C++", "R", "gone")
    assert (extension_of("python"), extension_of("text"), extension_of("gone")) == (".py", ".txt", ".txt")
    assert all(extension_of(alias).startswith(".") for alias, _ in choices())


def test_hues_stay_and_differ() -> None:
    assert hue_of("python") == hue_of("python")
    assert {hue_of(alias) for alias, _ in choices()} == set(range(12))


def test_the_list_imports_no_lexer() -> None:
    code = (
        "import sys; from pastes.rendering.languages import choices; choices();"
        "print([name for name in sys.modules if name.startswith('pygments.lexers.') and '_mapping' not in name])"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=20)
    assert run.stdout.strip() == "[]"
