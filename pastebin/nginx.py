"""``python -m pastebin.nginx --listen 80 --web 127.0.0.1:8000``: print nginx's configuration for this site.

What nginx and the site must agree on (headers, languages, limits, host names, servers) is taken from the site's
settings, so that it is said once. The text itself is ``deploy/nginx/pastebin.conf``.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterable, Sequence

import django
from django.conf import settings
from django.utils.translation import get_supported_language_variant

TEMPLATE = "deploy/nginx/pastebin.conf"

MARGIN_BYTES = 1024 * 1024
"""How much larger a request may be for nginx than for the site."""

_SECTION = re.compile(r"^ *# <memcached>\n(.*?)^ *# </memcached>\n", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"^(?P<before>(?P<indent> *).*?)\$\{(?P<name>[A-Z_]+)\}", re.MULTILINE)

SUBTAGS = "(?:-[a-z0-9]{1,8}){0,3}"
QUALITY = r"(?:;q=(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?"
SHORT = "^(?=.{0,500}$)"
"""Django reads no more of the header than this."""


def main() -> None:
    """Print it."""
    parser = argparse.ArgumentParser(prog="python -m pastebin.nginx", description="Print nginx's configuration.")
    parser.add_argument("--listen", default="80", help="what follows `listen`: a port, or address:port")
    parser.add_argument("--web", action="append", help="where a web server is; 127.0.0.1:8000 if none is given")
    parser.add_argument(
        "--log", metavar="FOLDER", help="where pastebin.log and pastebin-error.log go, if not to stdout"
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pastebin.settings")
    django.setup()
    sys.stdout.write(configuration(listen=options.listen, webs=options.web or ["127.0.0.1:8000"], log=options.log))


def configuration(*, listen: str, webs: Sequence[str], log: str | None = None) -> str:
    """The text of the file.

    Args:
        listen: what follows `listen`.
        webs: where web servers are.
        log: the folder of the logs. Without one it is stdout, which with systemd is a socket that nginx cannot open.
    """
    text = (settings.BASE_DIR / TEMPLATE).read_text()
    # With several each request asks anew, and is refused at once where nobody is.
    options = " max_fails=0" if len(webs) > 1 else ""
    values = {
        "LISTEN": [listen],
        "ACCESS_LOG": [f"{log.rstrip('/')}/pastebin.log" if log else "/dev/stdout"],
        "ERROR_LOG": [f"{log.rstrip('/')}/pastebin-error.log" if log else "/dev/stderr"],
        "WEBS": [f"server {web}{options};" for web in webs],
        "MAX_BODY": [str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + MARGIN_BYTES)],
    }
    # Without an address of the site, pages have that of the request in them.
    if settings.MEMCACHED_SERVERS and settings.SITE_URL:
        values |= _hot()
        text = _SECTION.sub(r"\1", text)
    else:
        text = _SECTION.sub("", text)
    return _fill(text, values)


def _fill(text: str, values: dict[str, list[str]]) -> str:
    """Put the lines of a value where its name is, each after the first with the indent of that line."""

    def filled(match: re.Match[str]) -> str:
        lines = values[match["name"]]
        return match["before"] + f"\n{match['indent']}".join(lines)

    while (done := _NAME.sub(filled, text)) != text:
        text = done
    return text


def _hot() -> dict[str, list[str]]:
    """What is needed to send answers from memcached."""
    from pastebin import hot as short_way  # noqa: PLC0415 # the site is set up only by `main`
    from pastes import hot  # noqa: PLC0415
    from pastes.hot.stores import GZIPPED  # noqa: PLC0415
    from pastes.urlkeys import KEY_PATTERN  # noqa: PLC0415

    own = sorted(short_way.OWN_HEADERS | {"Transfer-Encoding"})
    page = dict(short_way.common_headers(raw=False, language="$hot_language", secure=True))
    text = dict(short_way.common_headers(raw=True, language="$hot_language", secure=True))
    codes = [code for code, _name in settings.LANGUAGES]
    return {
        "KEY": [KEY_PATTERN],
        "PREFIX": [f"pb{hot.VERSION}p"],
        "GZIPPED": [str(GZIPPED)],
        "MEMCACHED_SERVERS": [f"server {server};" for server in settings.MEMCACHED_SERVERS],
        "OWN_HEADERS": ["|".join(["$request_method$is_args", *(f"$http_{_variable(name)}" for name in own)])],
        "NO_OWN_HEADERS": [rf"\|{{{len(own)}}}"],
        "OWN_COOKIES": [f"(?:{'|'.join(short_way.OWN_COOKIES)})"],
        "LANGUAGE_COOKIE": [settings.LANGUAGE_COOKIE_NAME],
        "ALLOWED_HOSTS": [f"{_quoted(host)} 1;" for host in settings.ALLOWED_HOSTS if host != "*"],
        "OTHER_HOSTS": ["1" if "*" in settings.ALLOWED_HOSTS else '""'],
        "CHOSEN_LANGUAGES": [
            f'"~^(?:.*; )?{settings.LANGUAGE_COOKIE_NAME}={re.escape(code)}(?:;|$)" {code};' for code in codes
        ],
        "ACCEPTED_LANGUAGES": accepted_languages(codes, default=get_supported_language_variant(settings.LANGUAGE_CODE)),
        "HSTS": [page.get("Strict-Transport-Security", "")],
        "PAGE_HEADERS": list(_add_headers(page)),
        "TEXT_HEADERS": list(_add_headers(text)),
    }


def accepted_languages(codes: Iterable[str], *, default: str) -> list[str]:
    """Lines of a map from the header Accept-Language: those values of which the language is certain without sorting.

    A language with regional variants on the site is left to Django wherever it is named.
    """
    firsts = sorted({code.split("-")[0] for code in codes})
    simple = sorted(
        code for code in codes if not any(other.startswith(f"{code}-") for other in codes) and "-" not in code
    )
    other = rf"(?!(?:{'|'.join(firsts)})(?![a-z]))[a-z]{{1,8}}{SUBTAGS}{QUALITY}"
    anything = rf"(?:\*|[a-z]{{1,8}}{SUBTAGS}){QUALITY}"
    lines = [f'"" {default};']
    for code in simple:
        this = f"{code}{SUBTAGS}"
        # It comes first, and nothing can be preferred to it.
        lines.append(rf'"~*{SHORT}{this}(?:;q=1(?:\.0{{0,3}})?)?(?:, ?{anything}){{0,30}}$" {code};')
        # It is the only one that the site has.
        lines.append(
            f'"~*{SHORT}(?:{other}, ?){{0,30}}{this}{QUALITY}(?:, ?(?:{other}|{this}{QUALITY})){{0,30}}$" {code};'
        )
    lines.append(f'"~*{SHORT}{other}(?:, ?{other}){{0,30}}$" {default};')
    return lines


def _add_headers(headers: dict[str, str]) -> Iterable[str]:
    """One directive for each; the type is said by another."""
    headers.pop("Content-Type")
    if headers.pop("Strict-Transport-Security", ""):
        yield "add_header Strict-Transport-Security $hot_hsts;"
    for name, value in headers.items():
        yield f"add_header {name} {_quoted(value)};"


def _variable(header: str) -> str:
    return header.lower().replace("-", "_")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


if __name__ == "__main__":
    main()
