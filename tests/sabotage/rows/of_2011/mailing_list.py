"""Rows of 9.11 and 7.4: the mailing list."""

from __future__ import annotations

from tests.sabotage.row import Row
from tests.sabotage.rows.of_2011.common import LIST

_LIST = "/home/itpass/ml/ml-ctrl"
_BOUNCER = f"{_LIST}/bouncer"
BOUNCER = "test_bouncer_is_the_manual_s[*]"


def _bouncer(name: str, what: str, do: str) -> Row:
    return Row(name, "ika", what, (BOUNCER,), do=do, keeps=(_BOUNCER,))


ROWS = (
    Row(
        "list-to-some",
        "ika",
        "the list delivers to some: ueno is no subscriber any more",
        (LIST,),
        do=f"/usr/local/ezmlm/bin/ezmlm-unsub {_LIST} ueno@itpass.scitec.kobe-u.ac.jp",
        keeps=(f"{_LIST}/subscribers",),
    ),
    Row(
        "list-mailbox-closed",
        "ika",
        "one subscriber's mailbox takes nothing",
        (LIST, "test_mailboxes_can_be_opened[ika]"),
        do="chown root:root /home/ikeda/Maildir/new /home/ikeda/Maildir/tmp",
        undo="chown ikeda:ikeda /home/ikeda/Maildir/new /home/ikeda/Maildir/tmp",
    ),
    Row(
        "list-address-gone",
        "ika",
        "the list's dot-qmail file was not copied",
        (LIST,),
        do="cd /home/itpass; mv .qmail-ml qmail-ml; mv .qmail-ml-default qmail-ml-default",
        undo="cd /home/itpass; mv qmail-ml .qmail-ml; mv qmail-ml-default .qmail-ml-default",
    ),
    Row(
        "list-owner-wrong",
        "ika",
        "the list's folder belongs to root after the copy: it cannot take a message in",
        (LIST,),
        do=f"chown -R root:root {_LIST}; chmod 755 {_LIST}",
        undo=f"chown -R itpass:itpass {_LIST}",
    ),
    _bouncer("bouncer-line-gone", "the bouncer lacks ezmlm-weed", f"sed -i '/ezmlm-weed/d' {_BOUNCER}"),
    _bouncer(
        "bouncer-old-list", "the bouncer names another list's folder", f"sed -i 's#/ml-ctrl#/ml-ctlr#' {_BOUNCER}"
    ),
    _bouncer("bouncer-gone", "there is no bouncer", f"rm {_BOUNCER}"),
    _bouncer("bouncer-crlf", "the bouncer was edited on Windows", f"sed -i 's/$/\\r/' {_BOUNCER}"),
    _bouncer("bouncer-writable", "everybody may write the bouncer: qmail then refuses it", f"chmod 666 {_BOUNCER}"),
)
