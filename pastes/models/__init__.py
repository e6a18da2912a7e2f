"""The tables, one module for each thing; import them from here."""

from pastes.models.comments import Comment, CommentVote
from pastes.models.keys import Key
from pastes.models.links import ShareLink
from pastes.models.pastes import BurnReceipt, Paste, Visibility
from pastes.models.reactions import Like, Star
from pastes.models.reports import Report
from pastes.models.revisions import File, Revision
from pastes.models.traffic import IdempotencyKey, RateCount, View

__all__ = [
    "BurnReceipt",
    "Comment",
    "CommentVote",
    "File",
    "IdempotencyKey",
    "Key",
    "Like",
    "Paste",
    "RateCount",
    "Report",
    "Revision",
    "ShareLink",
    "Star",
    "View",
    "Visibility",
]
