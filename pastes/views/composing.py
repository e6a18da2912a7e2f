"""What the editor asks while somebody writes."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from pastes.domain import composing
from pastes.exceptions import TooLarge, TooMany
from pastes.views.door import door, viewer_of
from pastes.views.submission import Card

LONGEST_NAME = 255


@door("POST")
def language(request: HttpRequest) -> HttpResponseBase:
    """Say which language a file with this name and this beginning would be published in."""
    name = request.POST.get("name", "")[-LONGEST_NAME:]
    alias = composing.recognise(name=name, text=request.POST.get("text", ""), viewer=viewer_of(request))
    return render(request, "pastes/_recognised.html", {"alias": alias})


@door("POST")
def preview(request: HttpRequest) -> HttpResponseBase:
    """Show how a text in Markdown will look."""
    card = Card(content=request.POST.get("text", ""))
    number = request.POST.get("card", "")
    status = show_preview(request, card, number if number.isdecimal() and len(number) < 4 else "")
    return render(request, "pastes/_preview.html", {"preview": card.preview}, status=status)


def show_preview(request: HttpRequest, card: Card, number: str) -> int:
    """Put the preview of a card's text, or why there is none, into the card; the status that goes with it."""
    try:
        html = composing.preview(text=card.content, prefix=f"preview-{number}-", viewer=viewer_of(request))
    except (TooLarge, TooMany) as error:
        card.preview = {"problem": f"{error.message} {error.advice}"}
        return error.status
    card.preview = {"html": html}
    return 200


def edit_cards(request: HttpRequest, cards: list[Card]) -> list[Card] | None:
    """What the button "preview" of a card does without JavaScript; None when another was pressed."""
    wanted = request.POST.get("preview", "")
    if not wanted.isdecimal():
        return None
    for index, card in enumerate(cards):
        if str(index) == wanted:
            show_preview(request, card, wanted)
    return cards
