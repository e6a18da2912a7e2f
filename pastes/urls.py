"""Addresses of the product."""

from django.urls import path, register_converter

from pastes.urlkeys import KeyConverter
from pastes.views import (
    editing,
    feeds,
    history,
    lists,
    notifications,
    profiles,
    publishing,
    raw,
    reactions,
    reading,
    reports,
    sharing,
    tags,
)

register_converter(KeyConverter, "key")

app_name = "pastes"

urlpatterns = [
    path("", publishing.home, name="home"),
    path("recent", lists.recent, name="recent"),
    path("popular", lists.popular, name="popular"),
    path("trending", lists.trending, name="trending"),
    path("recent.atom", feeds.recent, name="recent_feed"),
    path("tags", tags.index, name="tags"),
    path("tags/<str:name>", tags.tag, name="tag"),
    path("u/<str:name>.atom", profiles.feed, name="profile_feed"),
    path("u/<str:name>", profiles.profile, name="profile"),
    path("stars", reactions.stars, name="stars"),
    path("stars/feed", reactions.renew_feed, name="stars_feed_address"),
    path("stars/feed/<str:token>", reactions.stars_feed, name="stars_feed"),
    path("mine", lists.mine, name="mine"),
    path("diff", history.compare_form, name="compare_form"),
    path("diff/<key:a>..<key:b>", history.compare, name="compare"),
    path("notifications", notifications.notifications_page, name="notifications"),
    path("notifications/<int:notification_id>", notifications.follow, name="notification"),
    path("mail/<str:token>", notifications.mail, name="mail"),
    path("extend/<str:token>", notifications.extend, name="extend"),
    path("s/<str:token>", sharing.shared, name="shared"),
    path("<key:key>", reading.paste, name="paste"),
    path("<key:key>/open", reading.open_gate, name="open"),
    path("<key:key>/view", reading.view, name="view"),
    path("<key:key>/lines/<int:position>/<int:number>", reading.part, name="part"),
    path("<key:key>/raw", raw.raw, name="raw"),
    path("<key:key>/raw/<str:name>", raw.raw, name="raw_file"),
    path("<key:key>/download", raw.download, name="download"),
    path("<key:key>/download/<str:name>", raw.download, name="download_file"),
    path("<key:key>/edit", editing.edit, name="edit"),
    path("<key:key>/delete", editing.delete, name="delete"),
    path("<key:key>/restore", editing.restore, name="restore"),
    path("<key:key>/claim", editing.claim, name="claim"),
    path("<key:key>/token", editing.token, name="token"),
    path("<key:key>/expiry", editing.change_expiry, name="expiry"),
    path("<key:key>/star", reactions.star, name="star"),
    path("<key:key>/like", reactions.like, name="like"),
    path("<key:key>/fork", publishing.fork, name="fork"),
    path("<key:key>/revisions", history.revisions, name="revisions"),
    path("<key:key>/revisions/<int:number>", reading.revision, name="revision"),
    path("<key:key>/diff/<int:a>..<int:b>", history.diff, name="diff"),
    path("<key:key>/report", reports.paste, name="report"),
    path("<key:key>/comments/<int:comment_id>/report", reports.comment, name="comment_report"),
    path("<key:key>/shares", sharing.shares, name="shares"),
    path("<key:key>/shares/<int:link_id>/revoke", sharing.revoke, name="revoke"),
]
