"""Rows of 3.5: data trees beside /home."""

from __future__ import annotations

from tests.sabotage.rows.of_2011.common import DAMAGE, DAMAGE_FILE
from tests.sabotage.rows.of_today.common import BOXES, KEYS, LIST, SUBMITS, VIRTUAL, broken


def _whole(path: str) -> str:
    return f"test_a_data_tree_is_whole[mars-{path}]"


_BOX = "/var/vmail/example.com/anna/Maildir"
_CERTIFICATES = "/etc/letsencrypt"
_LIVE = f"{_CERTIFICATES}/live/example.org"
_RENEWAL = f"{_CERTIFICATES}/renewal/example.org.conf"
_KEY = f"{_CERTIFICATES}/archive/example.org/privkey2.pem"

# A file that the record of the copy knows: of a large tree it keeps a sample.
_KNOWN = (
    "file=/srv/$(python3 -c \"import json; found = json.load(open('/var/lib/irekae/trees.json'))['/srv']['sample']; "
    "print(min(name for name in found if not name.endswith('.html')))\")\n"
)
# One that holds something, and that no program empties.
_TABLE = _KNOWN.replace("if not name.endswith('.html')", "if name.endswith('.csv')")

ROWS = (
    broken("file-lost", "a file of /srv is gone, as an older copy leaves it", (_whole("/srv"),),
           f'{_KNOWN}mv "$file" /run/sabotage/lost; touch -d 2026-01-01 "${{file%/*}}"',
           undo=f'{_KNOWN}mv /run/sabotage/lost "$file"; touch -d 2026-01-01 "${{file%/*}}"'),
    broken("file-emptied", "a file of /srv holds nothing any more", (_whole("/srv"),),
           f'{_TABLE}cp -p "$file" /run/sabotage/lost; : > "$file"', undo=f'{_TABLE}cp -p /run/sabotage/lost "$file"'),
    broken("folder-lost", "the repositories below /srv are gone", (_whole("/srv"),), "rm -rf /srv/git",
           keeps=("/srv/git",)),
    broken("file-altered", "a file of /srv has other contents of the same size and time", (_whole("/srv"),),
           f'{_KNOWN}{DAMAGE} content "$file"', undo=f'{_KNOWN}{DAMAGE} content "$file"', files=DAMAGE_FILE),
    broken("files-of-nobody", "rsync copied numbers: files of /srv belong to nobody", (_whole("/srv"),),
           "chown 4242:4242 /srv/www/main/log.html", undo="chown www:www /srv/www/main/log.html"),
    broken("tree-not-mounted", "the pages' file system is not mounted",
           (_whole("/srv"), KEYS, "test_page_shows[*-http:*]", "test_page_shows[*-https://www.*]",
            "test_page_shows[*-https://files.*]"),
           "mount -t tmpfs tmpfs /srv", undo="umount /srv",
           may=("test_next_boot_*",), why="it looks at mounts too"),
    broken("mailboxes-by-number", "/var/vmail has the numbers of the other machine: they are the list's here",
           (_whole("/var/vmail"), VIRTUAL), "chown -R 989:989 /var/vmail/*", undo="chown -R vmail:vmail /var/vmail"),
    broken("mailbox-of-root", "a mailbox below /var/vmail belongs to root: nothing is delivered there",
           (_whole("/var/vmail"), BOXES), f"chown root:root {_BOX}", undo=f"chown vmail:vmail {_BOX}"),
    broken("mailboxes-open", "everybody can read the mailboxes below /var/vmail", (_whole("/var/vmail"),),
           "chmod 755 /var/vmail",
           undo="chmod 750 /var/vmail"),
    broken("members-lost", "the list's members were not copied", (LIST,), "rm /var/spool/mlmmj/team/subscribers.d/c",
           keeps=("/var/spool/mlmmj/team/subscribers.d",)),
    broken("list-of-root", "the list's folder belongs to root", (LIST, _whole("/var/spool/mlmmj")),
           "chown -R root:root /var/spool/mlmmj/team", undo="chown -R mlmmj:mlmmj /var/spool/mlmmj/team"),
    broken("certificate-link-dangles", "the link to the certificate leads nowhere: no service will start again",
           ("test_configuration_is_accepted[mars]", KEYS),
           f"ln -sfn ../../archive/example.org/fullchain3.pem {_CERTIFICATES}/live/example.org/fullchain.pem",
           keeps=(f"{_CERTIFICATES}/live/example.org/fullchain.pem",),
           may=("test_https_*",), why="it reads the certificate too"),
    broken("certificate-with-an-older-key", "the certificate lies with the key of the one before it", (KEYS,),
           f"ln -sfn ../../archive/example.org/privkey1.pem {_LIVE}/privkey.pem", keeps=(f"{_LIVE}/privkey.pem",),
           undo="systemctl reload postfix", may=("test_mail_s_certificate_holds[*/s*]", SUBMITS),
           why="postfix reads the key with each new smtpd"),
    broken("certificate-not-renewed", "certbot does not know the certificate any more", (KEYS,), f"rm {_RENEWAL}",
           keeps=(_RENEWAL,)),
    broken("certbot-s-account-lost", "certbot's account was not copied: nothing is renewed",
           (KEYS, _whole(_CERTIFICATES)), f"rm -rf {_CERTIFICATES}/accounts", keeps=(f"{_CERTIFICATES}/accounts",)),
    broken("certificate-key-open", "the certificate's key can be read by all", (_whole(_CERTIFICATES),),
           f"chmod 644 {_KEY}", undo=f"chmod 600 {_KEY}"),
)  # fmt: skip
