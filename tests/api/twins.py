"""Every power of the pages, beside the operation of the API that is its twin, or the reason why there is none.

A row for each route and method. The twins have the names of operations; several have commas between them. What begins
with a bang is a reason, of `REASONS`. HEAD is GET.
"""

PAGES = """
route                          method  twin

preferences                    POST    change_own_profile
robots                         GET     !page
favicon                        GET     !page
manifest                       GET     !page
upload                         GET     !page
upload                         POST    create_paste
upload                         PUT     create_paste
pastes:home                    GET     !form
pastes:home                    POST    create_paste
pastes:home                    PUT     create_paste
pastes:language                POST    !typing
pastes:preview                 POST    !typing
pastes:documents               POST    create_paste
pastes:dpaste                  POST    create_paste
pastes:dpaste_without_slash    POST    create_paste
pastes:help_clients            GET     !page
pastes:help_api                GET     !page
pastes:help_style              GET     !page
pastes:help_shortcuts          GET     !page
pastes:recent                  GET     list_recent
pastes:recent_feed             GET     list_recent
pastes:popular                 GET     list_popular
pastes:popular_feed            GET     list_popular
pastes:trending                GET     list_trending
pastes:tags                    GET     list_tags
pastes:tag                     GET     list_tagged
pastes:tag_feed                GET     list_tagged
pastes:profile                 GET     read_profile,list_pastes_of,list_forks_of,list_stars_of
pastes:profile_feed            GET     list_pastes_of
pastes:search                  GET     search_pastes
pastes:search_feed             GET     search_pastes
pastes:stars                   GET     list_stars
pastes:stars_feed              GET     list_stars,read_stars_feed
pastes:stars_feed_address      POST    renew_stars_feed
pastes:mine                    GET     list_own_pastes,list_receipts
pastes:compare_form            GET     !form
pastes:compare                 GET     compare_pastes,patch_pastes
pastes:notifications           GET     list_notifications
pastes:notifications           POST    mark_notifications_read
pastes:notification            POST    mark_notification_read
pastes:mail                    GET     read_notification_settings
pastes:mail                    POST    set_notification_settings
pastes:extend                  GET     !form
pastes:extend                  POST    set_expiry
pastes:shared                  GET     read_paste
pastes:document                GET     read_paste
pastes:document                POST    open_paste
pastes:haste_raw               GET     read_raw
pastes:haste_raw               POST    open_paste
pastes:paste                   GET     read_paste
pastes:paste                   POST    open_paste
pastes:paste                   PUT     create_paste
pastes:paste                   DELETE  delete_paste
pastes:paste_as                GET     read_paste
pastes:paste_as                POST    create_paste
pastes:paste_as                PUT     create_paste
pastes:open                    POST    open_paste
pastes:view                    POST    !counted
pastes:part                    GET     read_raw_file
pastes:raw                     GET     read_raw
pastes:raw                     POST    open_paste
pastes:raw_file                GET     read_raw_file
pastes:raw_file                POST    open_paste
pastes:download                GET     read_raw
pastes:download                POST    open_paste
pastes:download_file           GET     read_raw_file
pastes:download_file           POST    open_paste
pastes:edit                    GET     !form
pastes:edit                    POST    change_paste
pastes:delete                  GET     !form
pastes:delete                  POST    delete_paste
pastes:delete                  DELETE  delete_paste
pastes:redact                  GET     !form
pastes:redact                  POST    redact_paste
pastes:restore                 POST    restore_paste
pastes:claim                   POST    claim_paste
pastes:token                   GET     !form
pastes:token                   POST    !header
pastes:expiry                  GET     !form
pastes:expiry                  POST    set_expiry
pastes:star                    GET     read_star
pastes:star                    POST    give_star,take_star
pastes:like                    GET     read_like
pastes:like                    POST    give_like,take_like
pastes:fork                    GET     !form
pastes:fork                    POST    fork_paste
pastes:revisions               GET     list_revisions
pastes:revision                GET     read_revision
pastes:statistics              GET     read_statistics
pastes:diff                    GET     diff_revisions,patch_revisions
pastes:report                  GET     !form
pastes:report                  POST    report_paste
pastes:comments_feed           GET     list_comments
pastes:comments                GET     list_comments
pastes:comments                POST    create_comment
pastes:comment                 GET     read_comment,read_thread
pastes:comment_edit            GET     !form
pastes:comment_edit            POST    change_comment
pastes:comment_delete          GET     !form
pastes:comment_delete          POST    delete_comment
pastes:comment_vote            GET     !form
pastes:comment_vote            POST    vote_on_comment
pastes:comment_report          GET     !form
pastes:comment_report          POST    report_comment
pastes:discussion              POST    set_discussion
pastes:share                   GET     read_paste
pastes:qr                      GET     !shown
pastes:card                    GET     !shown
pastes:embed                   GET     !shown
pastes:embed_script            GET     !shown
pastes:oembed                  GET     !shown
pastes:shares                  GET     list_share_links
pastes:shares                  POST    make_share_link
pastes:revoke                  POST    revoke_share_link
accounts:settings              GET     read_own_profile
accounts:settings              POST    change_own_profile,set_notification_settings
accounts:export                GET     !export
accounts:tokens                GET     list_tokens,list_token_pairs
accounts:tokens                POST    create_token
accounts:revoke_token          POST    revoke_token
accounts:make_pair             POST    !sign_in
accounts:revoke_pair           POST    revoke_token_pair
accounts:webhooks              GET     list_webhooks
accounts:webhooks              POST    create_webhook
accounts:webhook               GET     read_webhook,list_webhook_deliveries
accounts:webhook               POST    change_webhook
accounts:remove_webhook        POST    remove_webhook
accounts:renew_webhook_secret  POST    renew_webhook_secret
accounts:ping_webhook          POST    ping_webhook
accounts:redeliver_webhook     POST    redeliver_webhook
accounts:remove                GET     !form
accounts:remove                POST    !password
"""

REASONS = {
    "page": "It shows people how to use the site; a program has the API's own description.",
    "form": "It asks before it does what the same address does by POST; a program just does it.",
    "typing": "It tells whoever is writing what will come of it; a program publishes, and reads what came of it.",
    "counted": "A page says that it was seen, because it may have come from a cache; reads of the API are counted.",
    "shown": "It is made to be shown by other sites; the API says of each paste where it is.",
    "header": "It puts the edit token into a cookie; a program sends it as X-Edit-Token.",
    "export": "What it holds takes several scopes; with each of them, the operations give the same, piece by piece.",
    "sign_in": "It makes a pair of a browser's session; a program gets one at /api/v1/auth/login.",
    "password": "It ends the account, and takes the password; no token that went astray may do that.",
}
"""Why something on the pages has no twin."""

SIGNING_IN = ("account_", "mfa_", "socialaccount_", "usersessions_", "social/")
PROVIDERS = ("github_", "gitlab_", "google_", "openid_connect_")
"""How names of routes begin that are about passwords, addresses, second factors, sessions and other sites' accounts.
They have no twins: with them somebody takes over an account, so they take a browser in which the password is asked
for again, and no token that went astray. (A program signs in at /api/v1/auth/.)"""

OTHER_DOORS = ("admin:", "api-v1", "gist:")
"""Those of moderators, and of programs."""

OPERATORS = frozenset({"healthz", "readyz", "metrics"})
"""What the operator's monitoring reads."""


def rows() -> dict[tuple[str, str], str]:
    """`PAGES`, by route and method."""
    lines = [line.split() for line in PAGES.splitlines() if line]
    found = {(route, method): twin for route, method, twin in lines[1:]}
    assert len(found) == len(lines) - 1, "a row stands there twice"
    return found
