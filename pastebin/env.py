"""Reading the environment: every variable may also come as NAME_FILE, the path of a file that holds the value."""

import ipaddress
import os
import secrets
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured


class Environment(environ.Env):
    """Environment variables, or the files that ``NAME_FILE`` variables point at (Docker and systemd secrets)."""

    ENVIRON: MutableMapping[str, str] = environ.FileAwareEnv.ENVIRON


def load_dotenv(path: Path) -> None:
    """Read ``path`` (lines of NAME=value) into the environment, where it does not say otherwise already."""
    if path.is_file():
        environ.Env.read_env(str(path), overwrite=False)


def networks_in(name: str, networks: list[str]) -> list[str]:
    """``networks``, each an address or a network such as 192.0.2.0/24.

    Raises:
        ImproperlyConfigured: when one of them is not; ``name`` is the variable's.
    """
    for network in networks:
        try:
            ipaddress.ip_network(network.strip(), strict=False)
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {network!r} is no address and no network.") from error
    return networks


def replica_of(database: Mapping[str, Any], replica: dict[str, Any]) -> dict[str, Any]:
    """The settings of a replica: as its database's, but nobody waits long for it.

    Raises:
        ImproperlyConfigured: when one of the two is not PostgreSQL.
    """
    if any("postgresql" not in settings["ENGINE"] for settings in (database, replica)):
        raise ImproperlyConfigured("DATABASE_REPLICA_URL: only PostgreSQL has replicas, and DATABASE_URL must be one.")
    patience = {"connect_timeout": 2, "tcp_user_timeout": 2_000}
    return {
        **replica,
        "ENGINE": database["ENGINE"],
        "CONN_MAX_AGE": database["CONN_MAX_AGE"],
        "OPTIONS": replica.get("OPTIONS", {}) | patience,
        "TEST": {"MIRROR": "default"},
    }


def secret_key_in(folder: Path) -> str:
    """The secret key kept in ``folder``, made on the first call.

    Two processes that start at once agree: whoever links its file first wins, the other reads that one.
    """
    path = folder / "secret_key"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = folder / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def refuse_dangerous(*, debug: bool, secret_key: str, allowed_hosts: list[str], site_url: str, database: str) -> None:
    """Stop a production start that would be unsafe.

    Raises:
        ImproperlyConfigured: with a sentence for each thing to put right.
    """
    wrong = []
    if debug:
        wrong.append("DEBUG shows source code and settings to visitors: unset it.")
    if len(secret_key) < 50 or len(set(secret_key)) < 5 or "change" in secret_key.lower():
        wrong.append("SECRET_KEY must be a random text of 50 characters or more: `openssl rand -base64 48` makes one.")
    if not allowed_hosts or any("*" in host for host in allowed_hosts):
        wrong.append("ALLOWED_HOSTS must name the site's host names, separated by commas, without `*`.")
    if not site_url.startswith(("https://", "http://")):
        wrong.append("SITE_URL must be the address readers use, such as https://paste.example.org.")
    if not database:
        wrong.append("DATABASE_URL must name the database, such as postgres://user:password@host/name.")
    if wrong:
        raise ImproperlyConfigured("Not started, because PRODUCTION=1 and: " + " ".join(wrong))


def social_providers(env: Environment) -> dict[str, dict[str, Any]]:
    """The login providers whose client id the environment gives; the others do not appear on any page."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("github", "gitlab", "google"):
        client_id = env.str(f"SOCIAL_{name.upper()}_CLIENT_ID", "")
        if client_id:
            secret = env.str(f"SOCIAL_{name.upper()}_SECRET", "")
            # PKCE: a code that leaks on its way back is worth nothing.
            app = {"client_id": client_id, "secret": secret, "key": ""}
            found[name] = {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    gitlab_url = env.str("SOCIAL_GITLAB_URL", "")
    if gitlab_url and "gitlab" in found:
        found["gitlab"]["APPS"][0]["settings"] = {"gitlab_url": gitlab_url}
    issuer = env.str("SOCIAL_OIDC_ISSUER", "")
    if issuer:
        found["openid_connect"] = {
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": env.str("SOCIAL_OIDC_NAME", "OpenID Connect"),
                    "client_id": env.str("SOCIAL_OIDC_CLIENT_ID", ""),
                    "secret": env.str("SOCIAL_OIDC_SECRET", ""),
                    "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
                }
            ]
        }
    return found
