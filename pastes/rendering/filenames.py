"""Which languages a file's name and first line speak for. Tables and two lookups; no content is weighed here."""

import re
from fnmatch import fnmatchcase
from functools import cache

from pastes.rendering.languages import canonical, file_patterns

# Names that Pygments' patterns lack. `text` where a lexer would only colour at random.
_NAMES = {
    ".dockerignore": "text", ".env": "bash", ".eslintrc": "json", ".gitattributes": "text", ".gitconfig": "ini",
    ".gitignore": "text", ".gitmodules": "ini", ".npmrc": "ini", ".prettierrc": "yaml", ".profile": "bash",
    ".zprofile": "bash", ".zshenv": "bash", "authors": "text", "brewfile": "ruby", "build.gradle": "groovy",
    "cargo.lock": "toml", "changelog": "text", "changes": "text", "containerfile": "docker", "copying": "text",
    "crontab": "text", "fastfile": "ruby", "go.mod": "text", "go.sum": "text", "guardfile": "ruby", "hosts": "text",
    "jenkinsfile": "groovy", "justfile": "make", "license": "text", "podfile": "ruby", "readme": "text",
    "requirements.txt": "text", "uv.lock": "toml", "yarn.lock": "yaml",
}  # fmt: skip

# Extensions that Pygments lacks, or gives to a language few people mean by them.
_EXTENSIONS = {
    "adoc": "text", "atom": "xml", "csproj": "xml", "cshtml": "html", "cts": "typescript",
    "env": "bash", "for": "fortranfixed", "geojson": "json", "glsl": "glsl", "gql": "graphql",
    "ipynb": "json", "ipy": "python", "jsonc": "json", "l": "text", "log": "text", "lpr": "delphi", "mdx": "markdown",
    "mts": "typescript", "plist": "xml", "props": "xml", "razor": "html", "rmd": "markdown", "sln": "text",
    "srt": "text", "sty": "tex", "styl": "sass", "targets": "xml", "tfvars": "terraform", "tres": "ini",
    "vtt": "text", "webmanifest": "json",
}  # fmt: skip

# Extensions that several languages share: what the content may speak for, the likeliest first. The first is taken when
# it speaks for none. Pygments' own order decides for those that are not here.
_SHARED = {
    "as": ("actionscript3", "actionscript"), "asm": ("nasm", "gas", "tasm"), "bas": ("qbasic", "vb.net"),
    "c": ("c",), "cl": ("common-lisp", "c"), "cls": ("openedge", "tex", "java", "vb.net"),
    "cob": ("cobol",), "conf": ("ini", "nginx", "apacheconf", "xml", "yaml", "json", "bash", "text"),
    "cp": ("cpp",), "d": ("d", "make"), "def": ("modula2",), "e": ("eiffel",), "ejs": ("html", "javascript"),
    "feature": ("gherkin",), "fs": ("fsharp", "forth", "glsl"), "g": ("antlr-java", "gap"), "gd": ("gdscript", "gap"),
    "h": ("c", "cpp", "objective-c"), "hh": ("cpp",), "html": ("html", "html+django", "html+handlebars", "vue"),
    "inc": ("php", "nasm", "cpp", "c", "html", "pawn"), "inf": ("ini",), "lean": ("lean4",),
    "lock": ("text", "json", "toml", "yaml"),
    "m": ("objective-c", "matlab", "octave"), "mm": ("objective-c++",), "mod": ("modula2", "text"),
    "p": ("openedge", "delphi", "pawn"), "pl": ("perl", "prolog", "perl6"), "pm": ("perl", "perl6"),
    "pp": ("puppet", "delphi"), "pro": ("prolog", "idl"), "r": ("splus", "rebol"), "rl": ("ragel-c",),
    "rs": ("rust",), "s": ("gas", "nasm"), "sql": ("sql",), "st": ("smalltalk", "html"), "svg": ("xml",),
    "t": ("perl", "perl6"), "ts": ("typescript", "xml"), "ttl": ("turtle",), "u": ("ucode",),
    "v": ("verilog", "coq"), "vbs": ("vbscript",), "xsl": ("xslt",), "xslt": ("xslt",),
}  # fmt: skip

# Programs that a file's first line may name, where the language is called otherwise. Versions are cut off before.
_INTERPRETERS = {
    "ash": "bash", "bun": "javascript", "dash": "bash", "deno": "typescript", "escript": "erlang", "gawk": "awk",
    "gmake": "make", "ksh": "bash", "luajit": "lua", "mawk": "awk", "node": "javascript", "nodejs": "javascript",
    "osascript": "applescript", "pwsh": "powershell", "pypy": "python", "rscript": "splus", "runghc": "haskell",
    "runhaskell": "haskell", "sh": "bash", "tclsh": "tcl", "ts-node": "typescript", "tsx": "typescript",
    "uv": "python", "wish": "tcl", "zsh": "bash",
}  # fmt: skip

_SHEBANG = re.compile(rb"#!\s*(?P<program>\S+)(?P<rest>[^\n]*)")
_VERSION = re.compile(r"[0-9.]+$")


def claims(name: str) -> tuple[str, ...]:
    """Return the languages that the file name speaks for, the likeliest first; () if it says nothing."""
    base = name.replace("\\", "/").rpartition("/")[2].lower()
    if alias := _NAMES.get(base):
        return (alias,)
    patterns = file_patterns()
    if base in patterns:
        return patterns[base][:1]
    if base.startswith(("dockerfile.", "containerfile.")):
        return ("docker",)
    _, dot, extension = base.rpartition(".")
    if not dot:
        return ()
    if extension in _SHARED:
        return _SHARED[extension]
    if alias := _EXTENSIONS.get(extension):
        return (alias,)
    if found := patterns.get(f"*.{extension}"):
        return found
    return next((aliases for pattern, aliases in _globs() if fnmatchcase(base, pattern)), ())


def of_extension(extension: str) -> str | None:
    """Return the likeliest language of an extension ("py"), or the one it is an alias of ("python"), else None."""
    named = claims(f"text.{extension}")
    return named[0] if named else canonical(extension)


def by_shebang(head: bytes) -> str | None:
    """Return the language whose interpreter a first line like ``#!/usr/bin/env -S python3 -u`` names."""
    match = _SHEBANG.match(head)
    if match is None:
        return None
    words = [match["program"].decode("latin-1"), *match["rest"].decode("latin-1").split()]
    program = words[0].rpartition("/")[2]
    if program == "env":
        # Options and assignments come before the program.
        program = next((word for word in words[1:] if not word.startswith("-") and "=" not in word), "")
        program = program.rpartition("/")[2]
    program = _VERSION.sub("", program).lower()
    return canonical(_INTERPRETERS.get(program, program))


@cache
def _globs() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return Pygments' patterns that are more than a name or an extension ("makefile.*", "*.php[345]").

    Those for manual pages ("*.[1-9]") are left out: numbered files are logs more often.
    """
    return tuple(
        (pattern, aliases)
        for pattern, aliases in file_patterns().items()
        if re.search(r"[*?\[]", pattern.removeprefix("*.")) and pattern != "*.[1-9]"
    )
