"""Changing a paste: its text, its end, its author, and taking it away."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from pastes import conf
from pastes.domain import access, content, expiry, publishing, reading
from pastes.domain.access import Viewer
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Conflict, Forbidden, HasSecrets, Invalid, PasteError, Refused, TooLarge, TooMany
from pastes.forms import ExpiryForm, ReviseForm, initial_for, require_valid
from pastes.models import File, Paste
from pastes.urlkeys import address_of
from pastes.views import composing, submission
from pastes.views.door import (
    EDIT_COOKIE,
    EDIT_COOKIE_SECONDS,
    door,
    find_own,
    find_paste,
    go_on,
    has_session,
    origin,
    remember,
    viewer_of,
    wants_fragment,
    wants_html,
)
from pastes.views.submission import Card


@door("GET", "POST")
def edit(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show a paste in the editor, and save it as a new revision."""
    try:
        paste, viewer = find_own(request, key)
    except Forbidden:
        if wants_html(request) and request.method in {"GET", "HEAD"}:
            return redirect("pastes:token", key=key)
        raise
    access.require_readable(paste)
    revision = reading.find_revision(paste=paste)
    if request.method != "POST":
        form = ReviseForm(initial=initial_for(paste))
        return _editor(request, paste, form, cards_of(paste, viewer), base=revision.number)
    return _save(request, paste, viewer)


def _save(request: HttpRequest, paste: Paste, viewer: Viewer) -> HttpResponseBase:
    from_base = request.POST.get("base", "")
    base = int(from_base) if from_base.isdecimal() and len(from_base) < 10 else 0
    form = ReviseForm(request.POST, request.FILES)
    cards = submission.cards_in(request.POST) or [Card()]
    if edited := submission.edit_cards(request.POST, cards) or composing.edit_cards(request, cards):
        initial = {name: form.data.get(name) for name in form.fields if name != "upload"}
        return _editor(request, paste, ReviseForm(initial=initial), edited, base=base)
    try:
        draft = submission.as_decided(request, _draft(request, form, paste, base), paste=paste)
        revision = publishing.revise(paste=paste, draft=draft, base=base, viewer=viewer)
    except Conflict as error:
        theirs = _cards(list(error.current.files.all()))
        conflict = {"theirs": theirs, "number": error.current.number}
        return _editor(request, paste, form, cards, base=error.current.number, error=error, conflict=conflict)
    except (Invalid, HasSecrets, Refused, TooLarge, TooMany) as error:
        return _editor(request, paste, form, cards, base=base, error=error)
    if revision is None and has_session(request):
        messages.info(request, _("The text is unchanged, so there is no new revision. The settings are saved."))
    return go_on(request, address_of("pastes:paste", paste.key))


def _draft(request: HttpRequest, form: ReviseForm, paste: Paste, base: int) -> Draft:
    require_valid(form)
    values = form.cleaned_data
    revision = reading.find_revision(paste=paste)
    old = list(revision.files.all()) if revision.number == base else []
    by_name = {file.name: file for file in old}
    names = {card.name for card in submission.cards_in(request.POST)}
    # A file that no card names any more may have a new name; its place tells.
    unclaimed = {index: file for index, file in enumerate(old) if file.name not in names}

    def original(index: int, card: Card) -> NewFile:
        """What was typed, in the line ends and the encoding the file had."""
        data = card.content.replace("\r\n", "\n")
        before = by_name.get(card.name) or (unclaimed.get(index) if card.name or card.content else None)
        kept = content.as_before(before, data) if before else data.encode(errors="replace")
        return NewFile(kept, card.name, card.language)

    return Draft(
        files=submission.files_in(request, original=original),
        title=values["title"],
        description=values["description"],
        visibility=values["visibility"] or paste.visibility,
        expires_at=_end(form, paste),
        burn=values["burn"],
        max_views=values["max_views"],
        password="" if values["remove_password"] else (values["password"] or None),
        message=values["message"],
        tags=values["tags"],
    )


def _end(form: ReviseForm, paste: Paste) -> datetime | None:
    """The end that was chosen. The form shows minutes, so one that was left as it was keeps its seconds.

    Raises:
        Invalid: when the date is missing or over.
    """
    present, chosen = paste.expires_at, form.cleaned_data
    kept = present and chosen["expiry"] == "date" and chosen["expires_at"] == present.replace(second=0, microsecond=0)
    return present if kept or not chosen["expiry"] else form.moment()


def _editor(
    request: HttpRequest,
    paste: Paste,
    form: ReviseForm,
    cards: list[Card],
    *,
    base: int,
    error: PasteError | None = None,
    conflict: dict[str, object] | None = None,
) -> HttpResponse:
    if error:
        form.is_valid()
        cards = submission.cards_again(request, cards)
        if conflict is None:
            submission.show_error(form, cards, error)
    context = {
        "form": form,
        "cards": cards,
        "mode": "edit",
        "action": address_of("pastes:edit", paste.key),
        "paste": paste,
        "base": base,
        "conflict": conflict,
        "secrets": isinstance(error, HasSecrets),
        "limits": conf.limits_for(viewer_of(request).user),
        "origin": origin(request),
    }
    template = "pastes/_refused.html" if error and wants_fragment(request) else "pastes/edit.html"
    response = render(request, template, context, status=error.status if error else 200)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def cards_of(paste: Paste, viewer: Viewer) -> list[Card]:
    """The latest revision's files as the editor shows them.

    Raises:
        Locked: when the viewer has not passed the paste's gate.
        Unavailable: when the text cannot be read now.
    """
    reading.require_open(paste=paste, viewer=viewer)
    return _cards(list(reading.find_revision(paste=paste).files.all()))


def _cards(files: list[File]) -> list[Card]:
    return [
        Card(name=file.name, content=content.decode(file, content.read(file)), language=file.language) for file in files
    ]


@door("GET", "POST", "DELETE")
def delete(request: HttpRequest, key: str) -> HttpResponseBase:
    """Ask whether to delete a paste, and delete it."""
    paste, viewer = find_own(request, key)
    if request.method in {"GET", "HEAD"}:
        return render(request, "pastes/delete.html", {"paste": paste})
    publishing.remove(paste=paste, viewer=viewer)
    if not wants_html(request):
        return HttpResponse(status=204)
    return HttpResponseRedirect(address_of("pastes:paste", paste.key), status=303)


def deleted_page(request: HttpRequest, paste: Paste) -> HttpResponse:
    """What the author sees where a paste was, while it can be had back."""
    until = paste.deleted_at + expiry.UNDO if paste.deleted_at else None
    return render(request, "pastes/deleted.html", {"paste": paste, "undo_until": until}, status=410)


@door("POST")
def restore(request: HttpRequest, key: str) -> HttpResponseBase:
    """Take a deletion back."""
    paste = publishing.restore(key=key, viewer=viewer_of(request))
    return HttpResponseRedirect(address_of("pastes:paste", paste.key), status=303)


@door("POST")
def claim(request: HttpRequest, key: str) -> HttpResponseBase:
    """Make a paste the signed-in person's own."""
    paste, viewer = find_paste(request, key)
    publishing.claim(paste=paste, viewer=viewer, token=request.POST.get("token", ""))
    response = HttpResponseRedirect(address_of("pastes:paste", paste.key), status=303)
    response.delete_cookie(EDIT_COOKIE, path=f"/{paste.key}", samesite="Lax")
    messages.success(request, _("This paste is yours now."))
    return response


@door("GET", "POST")
def token(request: HttpRequest, key: str) -> HttpResponseBase:
    """Take the edit token by hand, in a browser that does not have it."""
    paste, viewer = find_paste(request, key)
    if request.method != "POST":
        return render(request, "pastes/token.html", {"paste_key": paste.key, "owned": paste.owner_id is not None})
    holder = Viewer(address=viewer.address, edit_token=request.POST.get("token", "").strip())
    if not access.is_author(paste=paste, viewer=holder):
        error = _("That is not the edit token of this paste.")
        return render(request, "pastes/token.html", {"paste_key": paste.key, "error": error}, status=403)
    response = HttpResponseRedirect(address_of("pastes:edit", paste.key), status=303)
    remember(response, name=EDIT_COOKIE, value=holder.edit_token, paste=paste, seconds=EDIT_COOKIE_SECONDS)
    return response


@door("GET", "POST")
def change_expiry(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give a paste a new end."""
    paste, viewer = find_own(request, key)
    form = ExpiryForm(request.POST) if request.method == "POST" else ExpiryForm(initial=initial_for(paste))
    status = 200
    if request.method == "POST":
        try:
            require_valid(form)
            expiry.change(paste=paste, viewer=viewer, expires_at=form.moment())
        except Invalid as error:
            submission.show_error(form, [], error)
            status = error.status
        else:
            return HttpResponseRedirect(address_of("pastes:paste", paste.key), status=303)
    return render(request, "pastes/expiry.html", {"paste": paste, "form": form}, status=status)
