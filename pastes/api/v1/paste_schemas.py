"""What a paste looks like to a program, sent and answered."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field
from pydantic import Tag as Marked

from pastes.api.v1.schemas import Moment, Sent, Text, Visibility

Preset = Literal["10m", "1h", "1d", "1w", "2w", "1M", "6M", "1y", "never"]
"""`expiry.PRESETS`; a test holds the two together."""

BASE64 = r"^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
"""RFC 4648, section 4, with its padding and without line ends."""

Name = Annotated[Text, Field(max_length=255, description="Without folders; a name is made up where there is none.")]
Language = Annotated[Text, Field(max_length=50, description='A name as in `language` of an answer; "" is found out.')]
Tag = Annotated[Text, Field(min_length=1, max_length=33, pattern=r"^[^\x00\s,;]+$")]
Views = Annotated[int, Field(ge=1, le=1_000_000)]
Files = Field(description="As many as the site allows, 50 unless its operator says otherwise.", min_length=1)


def _without_defaults(schema: dict[str, Any]) -> None:
    """Leave out of a description what is used for new pastes only: in a change, what is not said stays."""
    for field in schema["properties"].values():
        field.pop("default", None)


class TextFile(Sent):
    """A file whose bytes are a text in UTF-8: nothing is stripped, and line ends stay as they are."""

    name: Name = ""
    language: Language = ""
    content: str = Field(min_length=1, description="The text.")


class BinaryFile(Sent):
    """A file of any bytes."""

    name: Name = ""
    language: Language = ""
    content_base64: str = Field(min_length=4, pattern=BASE64, description="The bytes in base64.")


class KeptFile(Sent):
    """A file that the paste has, and whose bytes stay."""

    name: Name = Field(min_length=1)
    was: Name = Field("", description="The name it has now, where `name` is a new one.")
    language: Language = Field("", description="Another language; it stays as it is when this is left out.")


def _kind_of(file: object) -> str:
    """Which of the three a sent file is meant to be, so that only its own fields are asked for."""
    if isinstance(file, BaseModel):
        return type(file).__name__
    said = file if isinstance(file, Mapping) else {}
    return "BinaryFile" if "content_base64" in said else "TextFile"


def _kind_of_changed(file: object) -> str:
    kept = isinstance(file, Mapping) and not {"content", "content_base64"} & file.keys()
    return "KeptFile" if kept else _kind_of(file)


SentText = Annotated[TextFile, Marked("TextFile")]
SentBytes = Annotated[BinaryFile, Marked("BinaryFile")]
SentName = Annotated[KeptFile, Marked("KeptFile")]
NewFiles = list[Annotated[SentText | SentBytes, Discriminator(_kind_of)]]
ChangedFiles = list[Annotated[SentText | SentBytes | SentName, Discriminator(_kind_of_changed)]]


class Ending(Sent):
    """When it ends: one of the two, or neither for never."""

    expires_in: Preset | None = Field(None, description="A time from now: minutes, hours, days, weeks, Months, years.")
    expires_at: Moment | None = Field(None, description="A moment in the future.")


class Settings(Ending):
    """All of a paste but its files."""

    title: Annotated[Text, Field(max_length=200)] = ""
    description: Annotated[Text, Field(max_length=2_000)] = ""
    visibility: Visibility = Field("unlisted", description="Unlisted ones are found by their address only.")
    burn: bool = Field(False, description="The first reader is the only one.")
    max_views: Views | None = Field(None, description="How many readers may open it.")
    password: Annotated[Text, Field(max_length=1_000)] | None = Field(None, description="Readers are asked for it.")
    tags: list[Tag] = Field([], max_length=10)
    allow_secrets: bool = Field(
        False, description="Publish it though there are passwords or keys in it (422 with the code `secrets_found`)."
    )


class NewPaste(Settings):
    """A paste to publish."""

    files: NewFiles = Files
    encrypted: bool = Field(False, description="The one file is JSON in PrivateBin's format. It is unlisted.")


class NewFork(Settings):
    """A copy to publish. What is left out is as in the paste it comes from, but for its end and its password."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    files: NewFiles | None = Field(None, min_length=1)


class PasteChange(Settings):
    """What is to be changed. What is left out stays."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    files: ChangedFiles | None = Field(
        None, min_length=1, description="All files that the paste is to have; those that are not here are gone."
    )
    message: Annotated[Text, Field(max_length=200)] = Field("", description="What the new revision is about.")


class Unlocking(Sent):
    """What opens a paste."""

    password: Annotated[Text, Field(max_length=1_000)] = ""


class Claim(Sent):
    """The proof of having published a paste without an account."""

    edit_token: Annotated[Text, Field(max_length=200)]


class Redaction(Sent):
    """A text that is to be removed."""

    text: Annotated[Text, Field(max_length=20_000, description="At least 4 characters; capitals count.")]
    dry_run: bool = Field(False, description="Only say where it is.")


class RedactedPlace(BaseModel):
    """Where it is, or was."""

    kind: Literal["file", "name", "title", "description", "tags", "message", "comment"] = Field(
        description="In what: the text of a file, its name, a revision's message, ..."
    )
    revisions: list[int] = Field(description="Their numbers; none for what is the paste's own.")
    file: str | None = Field(description="Its name, without the text.")
    line: int | None = Field(description="From 1; null where there are no lines.")
    count: int = Field(description="How often it is there.")
    shown: str = Field(description="The line with `[redacted]` in the text's place, shortened.")


class RedactionAnswer(BaseModel):
    """What was removed, or with `dry_run` what would be."""

    done: bool = Field(description="Whether something was removed.")
    count: int = Field(description="How often it was there; what revisions share counts once.")
    revisions: list[int] = Field(description="The numbers of those that had it.")
    comments: int = Field(description="How many comments said or quoted it, whoever wrote them.")
    forks: int = Field(description="How many public forks have it. They are other people's, and stay.")
    places: list[RedactedPlace] = Field(description="The first hundred.")


class FileInfo(BaseModel):
    """A file, without its bytes."""

    name: str
    language: str
    size: int = Field(description="In bytes.")
    lines: int
    sha256: str = Field(description="Of the bytes, in hex.")
    encoding: str = Field(description="What the text is written in; `binary` when it is none.")
    raw_url: str = Field(description="Where the bytes are.")


class FileAnswer(FileInfo):
    """A file with its bytes, unless the answer would grow too large."""

    content: str | None = Field(description="The text, where the bytes are UTF-8.")
    content_base64: str | None = Field(description="The bytes, where they are anything else.")
    truncated: bool = Field(description="Whether both are left out: `raw_url` has the bytes.")


class PasteInfo(BaseModel):
    """A paste, without its files."""

    key: str
    url: str = Field(description="The page for people.")
    qr_url: str = Field(description="Its address as a QR code, in SVG.")
    embed_url: str | None = Field(
        description="A frame for other pages, with ?file=2&lines=10-20&theme=dark; null where not everybody may read."
    )
    card_url: str | None = Field(
        description="Its first lines as a PNG; with ?file=2&lines=10-20 others. Null as above."
    )
    title: str
    description: str
    author: str | None = Field(description="The user name of its author; null without an account or a profile.")
    visibility: Visibility
    created: Moment
    updated: Moment
    expires_at: Moment | None = Field(description="Null is never.")
    burn: bool
    max_views: int | None
    has_password: bool
    encrypted: bool = Field(description="Its one file is JSON in PrivateBin's format, and the site has no key to it.")
    revision: int = Field(description="The number of the latest revision.")
    file_name: str = Field(description="Of the first file.")
    file_count: int
    language: str = Field(description="Of the first file.")
    size: int = Field(description="In bytes, over all files.")
    excerpt: str = Field(description="The first lines.")
    tags: list[str]
    comments_enabled: bool
    views: int
    stars: int
    likes: int
    comments: int


class PasteAnswer(PasteInfo):
    """A paste with its files."""

    forked_from: str | None = Field(description="The key of the paste that it is a copy of.")
    files: list[FileAnswer]


class PublishedPaste(PasteAnswer):
    """A new paste."""

    edit_token: str | None = Field(
        description="Whoever has it may change and delete the paste (X-Edit-Token). Shown once, and only to somebody"
        " without an account."
    )


class RevisionInfo(BaseModel):
    """One saved state of a paste."""

    number: int = Field(description="From 1.")
    version: str = Field(description="40 digits in hex, of this revision alone.")
    author: str | None = Field(description="As of a paste.")
    created: Moment
    message: str
    added: int = Field(description="Lines that the revision before does not have.")
    removed: int = Field(description="Lines that only the revision before has.")
    files: list[FileInfo]


class RevisionAnswer(RevisionInfo):
    """A revision with what its files said."""

    files: list[FileAnswer]  # type: ignore[assignment]  # the same files and more of each


class FileChange(BaseModel):
    """What differs in one file."""

    name: str = Field(description="On the newer side.")
    old_name: str | None = Field(description="On the older side, where it is another.")
    status: Literal["added", "removed", "same", "binary", "changed"]
    added: int = Field(description="Lines.")
    removed: int = Field(description="Lines.")
    patch: str = Field(description="A unified diff, with its headers.")


class Difference(BaseModel):
    """What differs between two states, or two pastes."""

    old: str = Field(description="The page of the older side.")
    new: str = Field(description="The page of the newer side.")
    files: list[FileChange]


class NewLink(Ending):
    """A share link to make."""

    label: Annotated[Text, Field(max_length=80)] = Field("", description="For whom; only you see it.")


class LinkInfo(BaseModel):
    """A share link. Its token is not kept."""

    id: int
    label: str
    created: Moment
    expires_at: Moment | None


class MadeLink(LinkInfo):
    """A new share link."""

    url: str = Field(description="Whoever has it may read the paste. It is shown once.")
    token: str = Field(description="The same for programs, as X-Share-Token.")
