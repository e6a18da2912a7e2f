"""Lists as Atom feeds (RFC 4287), for programs that tell people what is new."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import http_date
from django.utils.text import Truncator
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from accounts.models import User
from pastes.domain import discovery, discussion, tags, threads
from pastes.domain import search as finding
from pastes.domain.access import Viewer
from pastes.exceptions import NotFound
from pastes.forms import SearchForm
from pastes.models import Comment, Paste
from pastes.templatetags.pastes import language_name
from pastes.urlkeys import address_of
from pastes.views.door import door, find_paste, has_authority, origin, viewer_of
from pastes.views.lists import language_in
from pastes.views.search import query_in

ENTRIES = 50
"""How many a feed holds: more than comes between two visits of a program that asks every hour."""

SUMMARY = 2_000
"""Characters of a comment."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without entries was changed last; RFC 4287 wants a moment, and now would be another one each time."""

FORBIDDEN = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""What XML 1.0 has no way to write (section 2.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a feed says about one thing.

    Attributes:
        path: of its page, from the site's root.
        name: what makes its id, which stays the same for ever, differ from all others of the site.
        summary: plain text.
    """

    title: str
    path: str
    name: str
    author: User | None
    published: datetime
    updated: datetime
    summary: str = ""
    categories: tuple[str, ...] = ()


class TextFeed(Atom1Feed):
    """Django's, with summaries that are text: what people paste is no HTML."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Write what belongs into ``<entry>``."""
        super().add_item_elements(handler, item | {"description": None})
        if item["description"]:
            handler.addQuickElement("summary", item["description"], {"type": "text"})

    def latest_post_date(self) -> datetime:
        """When the last entry changed."""
        return super().latest_post_date() if self.items else NEVER


@door("GET")
def recent(request: HttpRequest) -> HttpResponseBase:
    """What was published last; with ``?language=`` only in that one."""
    language = language_in(request)
    page = discovery.recent(language=language, size=ENTRIES)
    name = language_name(language)
    title = _("Recent pastes in %(language)s") % {"language": name} if language else _("Recent pastes")
    return atom(request, title=title, link=_page_of("pastes:recent", language), pastes=page.pastes)


@door("GET")
def popular(request: HttpRequest) -> HttpResponseBase:
    """What is read and liked most; with ``?language=`` only in that one."""
    language = language_in(request)
    page = discovery.popular(language=language, size=ENTRIES)
    name = language_name(language)
    title = _("Popular pastes in %(language)s") % {"language": name} if language else _("Popular pastes")
    return atom(request, title=title, link=_page_of("pastes:popular", language), pastes=page.pastes, by_time=False)


@door("GET")
def tag(request: HttpRequest, name: str) -> HttpResponseBase:
    """What was published last with a tag.

    Raises:
        NotFound: when no tag can have this name.
    """
    wanted = tags.normal(name)
    if not tags.is_name(wanted):
        raise NotFound
    page = discovery.recent(tag=wanted, size=ENTRIES)
    title = _("Pastes tagged %(tag)s") % {"tag": wanted}
    return atom(request, title=title, link=reverse("pastes:tag", args=[wanted]), pastes=page.pastes)


@door("GET")
def search(request: HttpRequest) -> HttpResponseBase:
    """What everybody finds with a search, the newest first, whoever asks: a feed goes through many hands.

    Raises:
        Invalid, TooMany: as the search itself.
    """
    form = SearchForm(request.GET)
    query = replace(query_in(form), mine=False)
    page = finding.find(query=query, viewer=Viewer(address=viewer_of(request).address), size=ENTRIES)
    title = _("Search for “%(text)s”") % {"text": query.text} if query.text else _("Search")
    asked = {name: value for name, value in request.GET.items() if name in form.fields}
    link = f"{reverse('pastes:search')}?{urlencode(asked)}"
    response = atom(request, title=title, link=link, pastes=page.pastes, by_time=False)
    response["X-Robots-Tag"] = "noindex"
    return response


@door("GET")
def comments(request: HttpRequest, key: str) -> HttpResponseBase:
    """What was said last about a paste, for whoever may read it.

    Raises:
        NotFound, Forbidden, Locked: as for the page of the discussion.
    """
    paste, viewer = find_paste(request, key)
    discussion.require_readable(paste=paste, viewer=viewer)
    entries = [_entry_of_comment(paste, comment) for comment in threads.latest(paste=paste, size=ENTRIES)]
    title = _("Comments on %(title)s") % {"title": paste}
    response = write(request, title=title, link=address_of("pastes:comments", key), entries=entries)
    if not paste.is_listed:
        response["X-Robots-Tag"] = "noindex"
    if not paste.is_shared_page:
        response["Cache-Control"] = "private, no-store"
    return response


def atom(request: HttpRequest, *, title: str, link: str, pastes: Iterable[Paste], by_time: bool = True) -> HttpResponse:
    """A feed of pastes, or the news that it has not changed.

    Args:
        request: the feed's own address.
        title: what it is a list of; the site's name is added.
        link: the path of the page that shows the same.
        pastes: with their owners. They must be for whoever asks.
        by_time: whether what comes new is newer than all that was there. In other orders (popular, starred) only the
            ETag tells whether something changed.
    """
    return write(request, title=title, link=link, entries=map(entry_of, pastes), by_time=by_time)


def entry_of(paste: Paste) -> Entry:
    """A paste, with its language and tags as categories."""
    return Entry(
        title=str(paste.title or paste.file_name or _("Untitled")),
        path=paste.get_absolute_url(),
        name=paste.key,
        author=paste.owner,
        published=paste.created,
        updated=paste.updated,
        summary=paste.excerpt,
        categories=tuple(name for name in (paste.language, *paste.tag_names) if name),
    )


def _entry_of_comment(paste: Paste, comment: Comment) -> Entry:
    said_by = comment.author.display_name if comment.author else _("deleted account")
    return Entry(
        title=_("%(name)s on %(title)s") % {"name": said_by, "title": paste},
        path=reverse("pastes:comment", args=[paste.key, comment.pk]) + f"#comment-{comment.pk}",
        name=f"{paste.key}/comments/{comment.pk}",
        author=comment.author,
        published=comment.created,
        updated=comment.edited or comment.created,
        summary=Truncator(comment.body).chars(SUMMARY),
    )


def _page_of(route: str, language: str) -> str:
    return reverse(route) + ("?" + urlencode({"language": language}) if language else "")


def write(
    request: HttpRequest, *, title: str, link: str, entries: Iterable[Entry], by_time: bool = True
) -> HttpResponse:
    """A feed of anything, as `atom` does it for pastes."""
    site = origin(request)
    feed = TextFeed(
        title=xml_text(f"{title} · {settings.SITE_NAME}"),
        link=site + link,
        description=None,
        language=get_language(),
        feed_url=site + request.get_full_path(),
        feed_guid=xml_text(site + request.get_full_path()),
    )
    for entry in entries:
        _add(feed, entry, site)
    response = HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)
    response["ETag"] = etag = f'"{sha256(response.content).hexdigest()[:32]}"'
    changed = int(feed.latest_post_date().timestamp()) if by_time and feed.items else None
    if changed is not None:
        response["Last-Modified"] = http_date(changed)
    # Asked for again each time: what is over or no longer public is gone on the next request.
    response["Cache-Control"] = "private, no-store" if has_authority(request) else "no-cache"
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return get_conditional_response(request, etag=etag, last_modified=changed, response=response)  # type: ignore[return-value]


def _add(feed: TextFeed, entry: Entry, site: str) -> None:
    author = entry.author
    feed.add_item(
        title=xml_text(entry.title),
        link=site + entry.path,
        description=xml_text(entry.summary),
        author_name=xml_text(author.display_name if author else pgettext("author", "anonymous")),
        author_link=site + author.get_absolute_url() if author and author.is_shown else None,
        # RFC 4151: whoever had the name of the host on that day gave this name.
        unique_id=f"tag:{urlsplit(site).hostname},{entry.published.astimezone(UTC):%Y-%m-%d}:{entry.name}",
        pubdate=entry.published,
        updateddate=entry.updated,
        categories=[xml_text(name) for name in entry.categories],
    )


def xml_text(text: str) -> str:
    """What of a text XML can hold."""
    return FORBIDDEN.sub("", text)
