"""Every operation of /api/v1, and what each kind of program gets. An operation without a row fails the build.

Alice owns the pastes. ``owner`` has a token of hers with all scopes, ``strangers`` are Bob and a member of staff,
``anonymous`` sends no token; ``others`` are everybody but the owner. Tokens that do not work (expired, of somebody
whose account is switched off) get 401 from every operation, and those without the scope 403: there are tests of that,
and no rows.
"""

from dataclasses import dataclass

from tests.access.table import KINDS

PROGRAMS = ("anonymous", "stranger", "owner", "staff")
READERS = {
    "others": ("anonymous", "stranger", "staff"),
    "anonymous": ("anonymous",),
    "strangers": ("stranger", "staff"),
    "stranger": ("stranger",),
    "staff": ("staff",),
    "owner": ("owner",),
    "everybody": PROGRAMS,
}

OF_A_PASTE = """
operation               who        public unlisted private password burn expired deleted hidden

read_paste              others     200    200      404     403      403  404     404     404
read_paste              owner      200    200      200     200      200  404     404     404
change_paste            others     403    403      404     403      403  404     404     404
change_paste            owner      200    200      200     200      200  404     404     404
delete_paste            others     403    403      404     403      403  404     404     404
delete_paste            owner      204    204      204     204      204  404     404     404
redact_paste            others     403    403      404     403      403  404     404     404
redact_paste            owner      200    200      200     200      200  404     404     404
restore_paste           others     404    404      404     404      404  404     404     404
restore_paste           owner      404    404      404     404      404  404     200     404
set_expiry              others     403    403      404     403      403  404     404     404
set_expiry              owner      200    200      200     200      200  404     404     404
open_paste              others     200    200      404     200      200  404     404     404
open_paste              owner      200    200      200     200      200  404     404     404
read_raw                others     200    200      404     403      403  404     404     404
read_raw                owner      200    200      200     200      200  404     404     404
read_raw_file           others     200    200      404     403      403  404     404     404
read_raw_file           owner      200    200      200     200      200  404     404     404
fork_paste              others     201    201      404     403      403  404     404     404
fork_paste              owner      201    201      201     201      403  404     404     404
claim_paste             anonymous  401    401      401     401      401  401     401     401
claim_paste             strangers  403    403      404     403      403  404     404     404
claim_paste             owner      403    403      403     403      403  404     404     404
list_revisions          others     200    200      404     403      403  404     404     404
list_revisions          owner      200    200      200     200      200  404     404     404
read_revision           others     200    200      404     403      403  404     404     404
read_revision           owner      200    200      200     200      200  404     404     404
diff_revisions          others     200    200      404     403      403  404     404     404
diff_revisions          owner      200    200      200     200      200  404     404     404
patch_revisions         others     200    200      404     403      403  404     404     404
patch_revisions         owner      200    200      200     200      200  404     404     404
compare_pastes          others     200    200      404     403      403  404     404     404
compare_pastes          owner      200    200      200     200      200  404     404     404
patch_pastes            others     200    200      404     403      403  404     404     404
patch_pastes            owner      200    200      200     200      200  404     404     404
list_share_links        others     403    403      404     403      403  404     404     404
list_share_links        owner      200    200      200     200      200  404     404     404
make_share_link         others     403    403      404     403      403  404     404     404
make_share_link         owner      201    201      201     201      201  404     404     404
revoke_share_link       others     403    403      404     403      403  404     404     404
revoke_share_link       owner      204    204      204     204      204  404     404     404
read_star               anonymous  401    401      401     401      401  401     401     401
read_star               strangers  200    200      404     403      403  404     404     404
read_star               owner      200    200      200     200      403  404     404     404
give_star               anonymous  401    401      401     401      401  401     401     401
give_star               strangers  200    200      404     403      403  404     404     404
give_star               owner      200    200      200     200      403  404     404     404
take_star               anonymous  401    401      401     401      401  401     401     401
take_star               strangers  200    200      404     403      403  404     404     404
take_star               owner      200    200      200     200      403  404     404     404
read_like               anonymous  401    401      401     401      401  401     401     401
read_like               strangers  200    200      404     403      403  404     404     404
read_like               owner      200    200      200     200      403  404     404     404
give_like               anonymous  401    401      401     401      401  401     401     401
give_like               strangers  200    200      404     403      403  404     404     404
give_like               owner      200    200      200     200      403  404     404     404
take_like               anonymous  401    401      401     401      401  401     401     401
take_like               strangers  200    200      404     403      403  404     404     404
take_like               owner      200    200      200     200      403  404     404     404
list_comments           others     200    200      404     403      403  404     404     404
list_comments           owner      200    200      200     200      403  404     404     404
read_comment            others     200    200      404     403      403  404     404     404
read_comment            owner      200    200      200     200      403  404     404     404
read_thread             others     200    200      404     403      403  404     404     404
read_thread             owner      200    200      200     200      403  404     404     404
create_comment          anonymous  401    401      401     401      401  401     401     401
create_comment          strangers  201    201      404     403      403  404     404     404
create_comment          owner      201    201      201     201      403  404     404     404
change_comment          anonymous  401    401      401     401      401  401     401     401
change_comment          stranger   200    200      404     403      403  404     404     404
change_comment          staff      403    403      404     403      403  404     404     404
change_comment          owner      403    403      403     403      403  404     404     404
delete_comment          anonymous  401    401      401     401      401  401     401     401
delete_comment          stranger   204    204      404     403      403  404     404     404
delete_comment          staff      403    403      404     403      403  404     404     404
delete_comment          owner      403    403      403     403      403  404     404     404
vote_on_comment         anonymous  401    401      401     401      401  401     401     401
vote_on_comment         stranger   403    403      404     403      403  404     404     404
vote_on_comment         staff      200    200      404     403      403  404     404     404
vote_on_comment         owner      200    200      200     200      403  404     404     404
set_discussion          others     403    403      404     403      403  404     404     404
set_discussion          owner      200    200      200     200      403  404     404     404
report_paste            others     204    204      404     204      204  404     404     404
report_paste            owner      204    204      204     204      204  404     404     404
report_comment          others     204    204      404     403      403  404     404     404
report_comment          owner      204    204      204     204      204  404     404     404
read_statistics         others     403    403      404     403      403  404     404     404
read_statistics         owner      200    200      200     200      200  404     404     404
"""
"""What opens with a password is sent the right one. The comments are Bob's."""

OF_THE_SITE = """
operation               anonymous stranger owner staff

create_paste            201       201      201   201
list_own_pastes         401       200      200   200
list_stars                  401       200      200   200
read_stars_feed             401       200      200   200
renew_stars_feed            401       200      200   200
list_notifications          401       200      200   200
mark_notifications_read     401       200      200   200
read_notification_settings  401       200      200   200
set_notification_settings   401       200      200   200
mark_notification_read      401       404      404   404
list_recent                 200       200      200   200
list_popular                200       200      200   200
list_trending               200       200      200   200
list_tags                   200       200      200   200
list_tagged                 200       200      200   200
list_receipts               401       200      200   200
read_own_profile            401       200      200   200
change_own_profile          401       200      200   200
list_tokens                 401       200      200   200
list_token_pairs            401       200      200   200
create_token                401       201      201   201
revoke_token                401       204      204   204
revoke_token_pair           401       204      204   204
search_pastes               200       200      200   200
read_profile                200       200      200   200
list_pastes_of              200       200      200   200
list_forks_of               200       200      200   200
list_stars_of               200       200      200   200
list_webhooks               401       200      200   200
create_webhook              401       201      201   201
read_webhook                401       404      200   404
change_webhook              401       404      200   404
remove_webhook              401       404      204   404
renew_webhook_secret        401       404      201   404
ping_webhook                401       404      202   404
list_webhook_deliveries     401       404      200   404
redeliver_webhook           401       404      202   404
sign_in                      400 400 400 400
send_second_factor           401 401 401 401
ask_passkey_challenge        200 200 200 200
sign_in_with_passkey         400 400 400 400
ask_second_passkey_challenge 401 401 401 401
send_second_passkey          401 401 401 401
refresh_tokens               401 401 401 401
read_session                 401 401 401 401
sign_out                     401 401 401 401
"""


@dataclass(frozen=True, slots=True)
class ApiRow:
    """What is expected of one operation: statuses by the name of the column."""

    operation: str
    who: str
    expected: dict[str, int]

    def __str__(self) -> str:
        return self.operation


def rows_of_pastes() -> list[ApiRow]:
    """`OF_A_PASTE`, by kind of paste."""
    lines = [line.split() for line in OF_A_PASTE.splitlines() if line]
    return [
        ApiRow(operation, who, dict(zip(KINDS, map(int, statuses), strict=True)))
        for operation, who, *statuses in lines[1:]
    ]


def rows_of_the_site() -> list[ApiRow]:
    """`OF_THE_SITE`, by program."""
    lines = [line.split() for line in OF_THE_SITE.splitlines() if line]
    return [
        ApiRow(operation, "", dict(zip(PROGRAMS, map(int, statuses), strict=True)))
        for operation, *statuses in lines[1:]
    ]
