"""Publishing: the editor on the home page, and the one line that command-line clients send."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from pastes import conf
from pastes.api import privatebin
from pastes.domain import access, discovery, drafts, publishing, reading, vault
from pastes.domain.drafts import Draft
from pastes.domain.publishing import Published
from pastes.exceptions import (
    Forbidden,
    HasSecrets,
    Invalid,
    NotFound,
    PasteError,
    Refused,
    SomebodyElse,
    TooLarge,
    TooMany,
)
from pastes.forms import PublishForm, defaults_for, initial_for, require_valid
from pastes.hot import LIST_SECONDS
from pastes.models import Paste
from pastes.urlkeys import address_of
from pastes.views import composing, submission
from pastes.views.door import (
    EDIT_COOKIE,
    EDIT_COOKIE_SECONDS,
    door,
    find_paste,
    go_on,
    origin,
    remember,
    seconds_left,
    share,
    viewer_of,
    wants_fragment,
    wants_html,
    wants_json,
)
from pastes.views.editing import cards_of
from pastes.views.submission import Card

RECENT = 5


def _before_form(request: HttpRequest) -> None:
    if privatebin.says(request):
        _ = request.body  # which is no form, whatever it is said to be
    else:
        submission.read_losslessly(request)


@door("GET", "POST", "PUT", before_form=_before_form)
def home(request: HttpRequest) -> HttpResponseBase:
    """Show the editor, or publish what was sent."""
    if privatebin.says(request):
        return privatebin.answer(request)
    if request.method in {"GET", "HEAD"}:
        if page := privatebin.page_of(request):
            return HttpResponseRedirect(page)
        form = PublishForm(initial=defaults_for(viewer_of(request).user))
        return _editor(request, form=form, cards=[Card()])
    if not wants_html(request):
        return upload(request, filename="")
    return _submit(request, mode="new", source=None)


@door("GET", "POST", "PUT", before_form=submission.read_losslessly)
def upload(request: HttpRequest, filename: str) -> HttpResponseBase:
    """Publish for a program; the answer is the address and nothing else.

    Raises:
        NotFound: when somebody wants to read there: any word in the address leads here.
    """
    if request.method in {"GET", "HEAD"}:
        raise NotFound
    return answer_program(request, publish_plainly(request, filename=filename))


def publish_plainly(request: HttpRequest, *, filename: str = "", form: bool = False) -> Published:
    """Publish what a program sent.

    Raises:
        Invalid, TooLarge, Refused, TooMany, Unavailable: as `publishing.create`.
    """
    draft = submission.plain_draft(request, filename=filename, form=form)
    key = request.headers.get("Idempotency-Key", "")
    return publishing.create(draft=draft, viewer=viewer_of(request), idempotency_key=key)


@door("GET", "POST")
def fork(request: HttpRequest, key: str) -> HttpResponseBase:
    """Show a copy of a paste in the editor, and publish it."""
    paste, viewer = find_paste(request, key)
    reading.require_open(paste=paste, viewer=viewer)
    if request.method == "POST":
        return _submit(request, mode="fork", source=paste)
    if paste.max_opens is not None:
        raise Forbidden
    access.require_readable(paste)
    cards = cards_of(paste, viewer)
    initial = initial_for(paste) | {"expiry": defaults_for(viewer.user)["expiry"], "expires_at": None}
    return _editor(request, form=PublishForm(initial=initial), cards=cards, mode="fork", paste=paste)


def _submit(request: HttpRequest, *, mode: str, source: Paste | None) -> HttpResponseBase:
    form = PublishForm(request.POST, request.FILES)
    cards = submission.cards_in(request.POST) or [Card()]
    if edited := submission.edit_cards(request.POST, cards) or composing.edit_cards(request, cards):
        return _editor(request, form=_unchecked(form), cards=edited, mode=mode, paste=source)
    try:
        submission.require_same_person(request)
        draft = submission.as_decided(request, _draft(request, form))
        viewer = viewer_of(request)
        key = _attempt(request, draft)
        published = (
            publishing.fork(paste=source, draft=draft, viewer=viewer, idempotency_key=key)
            if source
            else publishing.create(draft=draft, viewer=viewer, idempotency_key=key)
        )
    except (Invalid, HasSecrets, Refused, SomebodyElse, TooLarge, TooMany) as error:
        return _editor(request, form=form, cards=cards, mode=mode, paste=source, error=error)
    return _answer_person(request, published)


def _attempt(request: HttpRequest, draft: Draft) -> str:
    """What tells a second click from a second paste: who goes back and changes the text wants another."""
    page, *choices = (request.POST.get(name, "") for name in (submission.EDITOR_FIELD, "expiry", "expires_at"))
    return " ".join([page, drafts.fingerprint(draft=draft), *choices]) if page else ""


def _draft(request: HttpRequest, form: PublishForm) -> Draft:
    require_valid(form)
    values = form.cleaned_data
    draft = Draft(
        files=submission.files_in(request),
        title=values["title"],
        description=values["description"],
        visibility=values["visibility"] or defaults_for(viewer_of(request).user)["visibility"],
        expires_at=form.moment(),
        burn=values["burn"],
        max_views=values["max_views"],
        password=values["password"],
        tags=values["tags"],
    )
    return vault.sealed(draft) if values["encrypted"] else draft


def _unchecked(form: PublishForm) -> PublishForm:
    """The same values in a form that shows no errors: nothing was submitted yet."""
    return PublishForm(initial={name: form.data.get(name) for name in form.fields if name != "upload"})


def _editor(
    request: HttpRequest,
    *,
    form: PublishForm,
    cards: list[Card],
    mode: str = "new",
    paste: Paste | None = None,
    error: PasteError | None = None,
) -> HttpResponse:
    if error:
        form.is_valid()
        cards = submission.cards_again(request, cards)
        submission.show_error(form, cards, error)
    recent = discovery.recent(size=RECENT).pastes if mode == "new" else []
    context = {
        "form": form,
        "cards": cards,
        "mode": mode,
        "action": address_of("pastes:fork", paste.key) if paste else reverse("pastes:home"),
        "paste": paste,
        "limits": conf.limits_for(viewer_of(request).user),
        "origin": origin(request),
        "recent": recent,
        "somebody_else": isinstance(error, SomebodyElse),
        "secrets": isinstance(error, HasSecrets),
    }
    template = "pastes/_refused.html" if error and wants_fragment(request) else "pastes/home.html"
    response = render(request, template, context, status=error.status if error else 200)
    response = share(request, response, seconds=min(LIST_SECONDS, seconds_left(*recent)))
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response


def _answer_person(request: HttpRequest, published: Published) -> HttpResponse:
    response = go_on(request, address_of("pastes:paste", published.paste.key) + "?published=1")
    if published.edit_token:
        keep_edit_token(response, published)
    return response


def keep_edit_token(response: HttpResponse, published: Published) -> None:
    """Let this browser change the paste it has just published."""
    remember(
        response,
        name=EDIT_COOKIE,
        value=published.edit_token,
        paste=published.paste,
        seconds=EDIT_COOKIE_SECONDS,
    )


def answer_program(request: HttpRequest, published: Published) -> HttpResponse:
    """The address of what was published, as one line or as JSON, and the edit token in a header."""
    address = origin(request) + address_of("pastes:paste", published.paste.key)
    status = 200 if published.repeated else 201
    response: HttpResponse
    if wants_json(request):
        body = {"key": published.paste.key, "url": address, "raw_url": f"{address}/raw"}
        if published.edit_token:
            body["edit_token"] = published.edit_token
        response = JsonResponse(body, status=status)
    else:
        response = HttpResponse(f"{address}\n", status=status, content_type="text/plain; charset=utf-8")
    response["Location"] = address
    if published.edit_token:
        response["X-Delete-Token"] = published.edit_token
    return response
