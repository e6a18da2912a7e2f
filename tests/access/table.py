"""Every address of the site, and what each kind of reader gets there. An address without a row fails the build.

Alice owns the pastes. ``others`` are everybody else: somebody without an account, Bob who has one, a member of staff
(who moderates in the admin and has no keys to people's pages), and Alice's own session after her account was switched
off; ``nobodies`` are those of them who are not signed in, and ``strangers`` those who are. ``owner`` is Alice. HEAD
always answers with the status of GET, so it has no rows. They ask as HTMX does: what leads on to another page answers
200, with the address in a header, where a form is sent without leaving the page.
"""

from dataclasses import dataclass

KINDS = ("public", "unlisted", "private", "password", "burn", "expired", "deleted", "hidden")
EVERYBODY = ("anonymous", "stranger", "owner", "staff", "deactivated")
READERS = {
    "others": ("anonymous", "stranger", "staff", "deactivated"),
    "nobodies": ("anonymous", "deactivated"),
    "strangers": ("stranger", "staff"),
    "stranger": ("stranger",),
    "staff": ("staff",),
    "owner": ("owner",),
    "everybody": EVERYBODY,
}

OF_A_PASTE = """
route          method  who        public unlisted private password burn expired deleted hidden

paste          GET     others     200    200      404     200      200  404     404     404
paste          GET     owner      200    200      200     200      200  404     410     410
paste          POST    others     303    303      404     303      200  404     404     404
paste          POST    owner      303    303      303     303      303  404     404     404
paste          PUT     everybody  422    422      422     422      422  422     422     422
paste_as       GET     others     200    200      404     200      200  404     404     404
paste_as       GET     owner      200    200      200     200      200  404     404     404
paste_as       PUT     everybody  422    422      422     422      422  422     422     422
paste_as       POST    everybody  422    422      422     422      422  422     422     422
document       GET     others     200    200      404     403      403  404     404     404
document       GET     owner      200    200      200     200      200  404     404     404
document       POST    others     200    200      404     200      200  404     404     404
document       POST    owner      200    200      200     200      200  404     404     404
haste_raw      GET     others     200    200      404     403      403  404     404     404
haste_raw      GET     owner      200    200      200     200      200  404     404     404
haste_raw      POST    others     200    200      404     200      200  404     404     404
haste_raw      POST    owner      200    200      200     200      200  404     404     404
paste          DELETE  others     403    403      404     403      403  404     404     404
paste          DELETE  owner      303    303      303     303      303  404     404     404
open           POST    others     303    303      404     303      200  404     404     404
open           POST    owner      303    303      303     303      303  404     404     404
view           POST    others     204    204      404     204      204  404     404     404
view           POST    owner      204    204      204     204      204  404     404     404
part           GET     others     200    200      404     403      403  404     404     404
part           GET     owner      200    200      200     200      200  404     404     404
raw            GET     others     200    200      404     403      403  404     404     404
raw            GET     owner      200    200      200     200      200  404     404     404
raw            POST    others     200    200      404     200      200  404     404     404
raw            POST    owner      200    200      200     200      200  404     404     404
raw_file       GET     others     200    200      404     403      403  404     404     404
raw_file       GET     owner      200    200      200     200      200  404     404     404
raw_file       POST    others     200    200      404     200      200  404     404     404
raw_file       POST    owner      200    200      200     200      200  404     404     404
download       GET     others     200    200      404     403      403  404     404     404
download       GET     owner      200    200      200     200      200  404     404     404
download       POST    others     200    200      404     200      200  404     404     404
download       POST    owner      200    200      200     200      200  404     404     404
download_file  GET     others     200    200      404     403      403  404     404     404
download_file  GET     owner      200    200      200     200      200  404     404     404
download_file  POST    others     200    200      404     200      200  404     404     404
download_file  POST    owner      200    200      200     200      200  404     404     404
edit           GET     others     302    302      404     302      302  404     404     404
edit           GET     owner      200    200      200     200      200  404     404     404
edit           POST    others     403    403      404     403      403  404     404     404
edit           POST    owner      200    200      200     200      200  404     404     404
delete         GET     others     403    403      404     403      403  404     404     404
delete         GET     owner      200    200      200     200      200  404     404     404
delete         POST    others     403    403      404     403      403  404     404     404
delete         POST    owner      303    303      303     303      303  404     404     404
delete         DELETE  others     403    403      404     403      403  404     404     404
delete         DELETE  owner      303    303      303     303      303  404     404     404
redact         GET     others     403    403      404     403      403  404     404     404
redact         GET     owner      200    200      200     200      200  404     404     404
redact         POST    others     403    403      404     403      403  404     404     404
redact         POST    owner      200    200      200     200      200  404     404     404
restore        POST    others     404    404      404     404      404  404     404     404
restore        POST    owner      404    404      404     404      404  404     303     404
claim          POST    others     403    403      404     403      403  404     404     404
claim          POST    owner      403    403      403     403      403  404     404     404
token          GET     others     200    200      404     200      200  404     404     404
token          GET     owner      200    200      200     200      200  404     404     404
token          POST    others     403    403      404     403      403  404     404     404
token          POST    owner      403    403      403     403      403  404     404     404
expiry         GET     others     403    403      404     403      403  404     404     404
expiry         GET     owner      200    200      200     200      200  404     404     404
expiry         POST    others     403    403      404     403      403  404     404     404
expiry         POST    owner      303    303      303     303      303  404     404     404
fork           GET     others     200    200      404     403      403  404     404     404
fork           GET     owner      200    200      200     200      403  404     404     404
fork           POST    others     200    200      404     403      403  404     404     404
fork           POST    owner      200    200      200     200      403  404     404     404
revisions      GET     others     200    200      404     403      403  404     404     404
revisions      GET     owner      200    200      200     200      200  404     404     404
revision       GET     others     200    200      404     200      200  404     404     404
revision       GET     owner      200    200      200     200      200  404     404     404
comments_feed  GET     others     200    200      404     403      403  404     404     404
comments_feed  GET     owner      200    200      200     200      403  404     404     404
statistics     GET     others     403    403      404     403      403  404     404     404
statistics     GET     owner      200    200      200     200      200  404     404     404
diff           GET     others     200    200      404     403      403  404     404     404
diff           GET     owner      200    200      200     200      200  404     404     404
compare        GET     others     200    200      404     403      403  404     404     404
compare        GET     owner      200    200      200     200      200  404     404     404
star           GET     nobodies   200    200      404     200      200  404     404     404
star           GET     strangers  200    200      404     403      403  404     404     404
star           GET     owner      200    200      200     200      403  404     404     404
star           POST    nobodies   200    200      404     200      200  404     404     404
star           POST    strangers  200    200      404     403      403  404     404     404
star           POST    owner      200    200      200     200      403  404     404     404
like           GET     nobodies   200    200      404     200      200  404     404     404
like           GET     strangers  200    200      404     403      403  404     404     404
like           GET     owner      200    200      200     200      403  404     404     404
like           POST    nobodies   200    200      404     200      200  404     404     404
like           POST    strangers  200    200      404     403      403  404     404     404
like           POST    owner      200    200      200     200      403  404     404     404
report         GET     others     200    200      404     200      200  404     404     404
report         GET     owner      200    200      200     200      200  404     404     404
report         POST    others     303    303      404     303      303  404     404     404
report         POST    owner      303    303      303     303      303  404     404     404
comments       GET     others     200    200      404     403      403  404     404     404
comments       GET     owner      200    200      200     200      403  404     404     404
comments       POST    nobodies   403    403      404     403      403  404     404     404
comments       POST    strangers  200    200      404     403      403  404     404     404
comments       POST    owner      200    200      200     200      403  404     404     404
comment        GET     others     200    200      404     403      403  404     404     404
comment        GET     owner      200    200      200     200      403  404     404     404
comment_edit   GET     nobodies   200    200      404     403      403  404     404     404
comment_edit   GET     stranger   200    200      404     403      403  404     404     404
comment_edit   GET     staff      403    403      404     403      403  404     404     404
comment_edit   GET     owner      403    403      403     403      403  404     404     404
comment_edit   POST    nobodies   403    403      404     403      403  404     404     404
comment_edit   POST    stranger   200    200      404     403      403  404     404     404
comment_edit   POST    staff      403    403      404     403      403  404     404     404
comment_edit   POST    owner      403    403      403     403      403  404     404     404
comment_delete GET     nobodies   200    200      404     403      403  404     404     404
comment_delete GET     stranger   200    200      404     403      403  404     404     404
comment_delete GET     staff      403    403      404     403      403  404     404     404
comment_delete GET     owner      403    403      403     403      403  404     404     404
comment_delete POST    nobodies   200    200      404     403      403  404     404     404
comment_delete POST    stranger   200    200      404     403      403  404     404     404
comment_delete POST    staff      403    403      404     403      403  404     404     404
comment_delete POST    owner      403    403      403     403      403  404     404     404
comment_vote   GET     nobodies   200    200      404     403      403  404     404     404
comment_vote   GET     strangers  200    200      404     403      403  404     404     404
comment_vote   GET     owner      200    200      200     200      403  404     404     404
comment_vote   POST    nobodies   200    200      404     403      403  404     404     404
comment_vote   POST    stranger   403    403      404     403      403  404     404     404
comment_vote   POST    staff      200    200      404     403      403  404     404     404
comment_vote   POST    owner      200    200      200     200      403  404     404     404
discussion     POST    others     403    403      404     403      403  404     404     404
discussion     POST    owner      200    200      200     200      403  404     404     404
comment_report GET     others     200    200      404     403      403  404     404     404
comment_report GET     owner      200    200      200     200      200  404     404     404
comment_report POST    others     303    303      404     403      403  404     404     404
comment_report POST    owner      303    303      303     303      303  404     404     404
share          GET     others     200    200      404     200      200  404     404     404
share          GET     owner      200    200      200     200      200  404     404     404
qr             GET     others     200    200      404     200      200  404     404     404
qr             GET     owner      200    200      200     200      200  404     404     404
card           GET     everybody  200    200      404     403      403  404     404     404
embed          GET     everybody  200    200      404     403      403  404     404     404
embed_script   GET     everybody  200    200      200     200      200  200     200     200
shares         GET     others     403    403      404     403      403  404     404     404
shares         GET     owner      200    200      200     200      200  404     404     404
shares         POST    others     403    403      404     403      403  404     404     404
shares         POST    owner      201    201      201     201      201  404     404     404
revoke         POST    others     403    403      404     403      403  404     404     404
revoke         POST    owner      303    303      303     303      303  404     404     404
shared         GET     everybody  302    302      302     302      302  404     404     404
extend         GET     everybody  200    200      200     200      200  404     404     404
extend         POST    everybody  303    303      303     303      303  404     404     404
"""
"""With its token a share link, or one from a mail, opens for everybody. Gates (password, burn) are pages: 200.
`password` and `burn` are opened by POST with the right password, and by their owner without. The comments are Bob's.
What is put at a paste's address is a new text that changes nothing there; here it is empty, hence 422. A frame and a
picture show what anonymous readers see, whoever asks; the script of a frame is the same for every key."""

OF_THE_SITE = """
route                                   method  anonymous stranger owner staff deactivated

pastes:home                             GET     200       200      200   200   200
pastes:home                             POST    200       200      200   200   200
pastes:language                         POST    200       200      200   200   200
pastes:preview                          POST    200       200      200   200   200
pastes:documents                        POST    200       200      200   200   200
pastes:dpaste                           POST    201       201      201   201   201
pastes:dpaste_without_slash             POST    201       201      201   201   201
pastes:help_clients                     GET     200       200      200   200   200
pastes:help_api                         GET     200       200      200   200   200
pastes:help_style                       GET     404       404      404   200   404
pastes:help_shortcuts                   GET     200       200      200   200   200
pastes:recent                           GET     200       200      200   200   200
pastes:popular                          GET     200       200      200   200   200
pastes:trending                         GET     200       200      200   200   200
pastes:recent_feed                      GET     200       200      200   200   200
pastes:search                           GET     200       200      200   200   200
pastes:search_feed                      GET     200       200      200   200   200
pastes:popular_feed                     GET     200       200      200   200   200
pastes:tag_feed                         GET     200       200      200   200   200
pastes:tags                             GET     200       200      200   200   200
pastes:tag                              GET     200       200      200   200   200
pastes:profile                          GET     200       200      200   200   404
pastes:profile_feed                     GET     200       200      200   200   404
pastes:stars                            GET     302       200      200   200   302
pastes:stars_feed_address               POST    302       303      303   303   302
pastes:stars_feed                       GET     404       404      404   404   404
pastes:mine                             GET     302       200      200   200   302
pastes:notifications                    GET     302       200      200   200   302
pastes:notifications                    POST    302       303      303   303   302
pastes:notification                     POST    302       404      404   404   302
pastes:mail                             GET     404       404      404   404   404
pastes:mail                             POST    404       404      404   404   404
pastes:compare_form                     GET     200       200      200   200   200
pastes:oembed                           GET     404       404      404   404   404
accounts:settings                       GET     302       200      200   200   302
accounts:settings                       POST    302       303      303   303   302
accounts:export                         GET     302       200      200   200   302
accounts:tokens                         GET     302       200      200   200   302
accounts:tokens                         POST    302       201      201   201   302
accounts:make_pair                      POST    302       201      201   201   302
accounts:revoke_token                   POST    302       303      303   303   302
accounts:revoke_pair                    POST    302       303      303   303   302
accounts:webhooks                       GET     302       200      200   200   302
accounts:webhooks                       POST    302       201      201   201   302
accounts:webhook                        GET     302       404      200   404   302
accounts:webhook                        POST    302       404      303   404   302
accounts:remove_webhook                 POST    302       404      303   404   302
accounts:renew_webhook_secret           POST    302       404      201   404   302
accounts:ping_webhook                   POST    302       404      303   404   302
accounts:redeliver_webhook              POST    302       404      303   404   302
accounts:remove                         GET     302       200      200   200   302
accounts:remove                         POST    302       422      422   422   302
preferences                             POST    303       303      303   303   303
admin                                   GET     302       302      302   302   302
robots                                  GET     200       200      200   200   200
favicon                                 GET     302       302      302   302   302
manifest                                GET     200       200      200   200   200
healthz                                 GET     200       200      200   200   200
readyz                                  GET     200       200      200   200   200
metrics                                 GET     404       404      404   404   404
upload                                  GET     404       404      404   404   404
upload                                  POST    422       422      422   422   422
account_login                           GET     200       302      302   302   200
account_logout                          GET     302       200      200   200   302
account_inactive                        GET     200       200      200   200   200
account_signup                          GET     200       302      302   302   200
account_reauthenticate                  GET     302       403      403   403   302
account_email                           GET     302       200      200   200   302
account_email_verification_sent         GET     200       200      200   200   200
account_change_password                 GET     302       302      302   302   302
account_set_password                    GET     302       200      200   200   302
account_reset_password                  GET     200       200      200   200   200
account_confirm_login_code              GET     302       302      302   302   302
account_confirm_email                   GET     200       200      200   200   200
account_reset_password_from_key_done    GET     200       200      200   200   200
account_reset_password_from_key         GET     200       200      200   200   200
account_reset_password_done             GET     200       200      200   200   200
mfa_index                               GET     302       200      200   200   302
mfa_authenticate                        GET     302       302      302   302   302
mfa_reauthenticate                      GET     302       403      403   403   302
mfa_activate_totp                       GET     302       200      200   200   302
mfa_deactivate_totp                     GET     302       404      404   404   302
mfa_view_recovery_codes                 GET     302       404      404   404   302
mfa_generate_recovery_codes             GET     302       200      200   200   302
mfa_download_recovery_codes             GET     302       404      404   404   302
mfa_list_webauthn                       GET     302       200      200   200   302
mfa_add_webauthn                        GET     302       200      200   200   302
mfa_reauthenticate_webauthn             GET     302       403      403   403   302
mfa_remove_webauthn                     GET     302       404      404   404   302
mfa_edit_webauthn                       GET     302       404      404   404   302
mfa_login_webauthn                      GET     302       302      302   302   302
socialaccount_login_cancelled           GET     200       200      200   200   200
socialaccount_login_error               GET     401       401      401   401   401
socialaccount_signup                    GET     302       302      302   302   302
socialaccount_connections               GET     302       200      200   200   302
accounts/social/login/cancelled/        GET     301       301      301   301   301
accounts/social/login/error/            GET     301       301      301   301   301
accounts/social/signup/                 GET     301       301      301   301   301
accounts/social/connections/            GET     301       301      301   301   301
github_login                            GET     404       404      404   404   404
github_callback                         GET     404       404      404   404   404
gitlab_login                            GET     404       404      404   404   404
gitlab_callback                         GET     404       404      404   404   404
google_login                            GET     404       404      404   404   404
google_callback                         GET     404       404      404   404   404
google_login_by_token                   POST    404       404      404   404   404
openid_connect_login                    GET     404       404      404   404   404
openid_connect_callback                 GET     404       404      404   404   404
usersessions_list                       GET     302       200      200   200   302
"""
"""Social logins answer 404 while none is configured. The admin's addresses follow one rule and have a test of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is expected of one method of one route: statuses by the name of the column."""

    route: str
    method: str
    who: str
    expected: dict[str, int]

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def rows_of_pastes() -> list[Row]:
    """`OF_A_PASTE`, by kind of paste."""
    lines = [line.split() for line in OF_A_PASTE.splitlines() if line]
    return [
        Row(f"pastes:{route}", method, who, dict(zip(KINDS, map(int, statuses), strict=True)))
        for route, method, who, *statuses in lines[1:]
    ]


def rows_of_the_site() -> list[Row]:
    """`OF_THE_SITE`, by reader."""
    lines = [line.split() for line in OF_THE_SITE.splitlines() if line]
    return [
        Row(route, method, "", dict(zip(EVERYBODY, map(int, statuses), strict=True)))
        for route, method, *statuses in lines[1:]
    ]
