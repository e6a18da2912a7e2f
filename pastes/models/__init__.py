"""The tables, one module for each thing; import them from here."""

from pastes.models.comments import Comment, CommentVote
from pastes.models.copies import PageCopy
from pastes.models.highlights import Highlight
from pastes.models.keys import Key
from pastes.models.links import ShareLink
from pastes.models.notifications import Notification
from pastes.models.pastes import BurnReceipt, Paste, Visibility
from pastes.models.reactions import Like, Star
from pastes.models.reports import ModerationAction, Report
from pastes.models.revisions import File, Revision
from pastes.models.search import SearchText
from pastes.models.tags import Tag, Tagging
from pastes.models.traffic import DailyViews, IdempotencyKey, RateCount, Referral, View
from pastes.models.webhooks import Delivery, Webhook

__all__ = [
    "BurnReceipt",
    "Comment",
    "CommentVote",
    "DailyViews",
    "Delivery",
    "File",
    "Highlight",
    "IdempotencyKey",
    "Key",
    "Like",
    "ModerationAction",
    "Notification",
    "PageCopy",
    "Paste",
    "RateCount",
    "Referral",
    "Report",
    "Revision",
    "SearchText",
    "ShareLink",
    "Star",
    "Tag",
    "Tagging",
    "View",
    "Visibility",
    "Webhook",
]
