"""Rows of 3.5: data trees beside /home."""

from __future__ import annotations

from tests.sabotage.rows.of_2011.common import DAMAGE, DAMAGE_FILE
from tests.sabotage.rows.of_today.common import LIST, broken


def _whole(path: str) -> str:
    return f"test_a_data_tree_is_whole[mars-{path}]"


_BOX = "/var/vmail/example.com/anna/Maildir"
_CERTIFICATES = "/etc/letsencrypt"
_KEY = f"{_CERTIFICATES}/archive/example.org/privkey2.pem"

# A file that the record of the copy knows: of a large tree it keeps a sample.
_KNOWN = (
    "file=/srv/$(python3 -c \"import json; found = json.load(open('/var/lib/irekae/trees.json'))['/srv']['sample']; "
    "print(min(name for name in found if not name.endswith('.html')))\")\n"
)

ROWS = (
    broken("file-lost", "a file of /srv is gone, as an older copy leaves it", (_whole("/srv"),),
           f'{_KNOWN}mv "$file" /run/sabotage/lost; touch -d 2026-01-01 "${{file%/*}}"',
           undo=f'{_KNOWN}mv /run/sabotage/lost "$file"; touch -d 2026-01-01 "${{file%/*}}"'),
    broken("file-altered", "a file of /srv has other contents of the same size and time", (_whole("/srv"),),
           f'{_KNOWN}{DAMAGE} content "$file"', undo=f'{_KNOWN}{DAMAGE} content "$file"', files=DAMAGE_FILE),
    broken("files-of-nobody", "rsync copied numbers: files of /srv belong to nobody", (_whole("/srv"),),
           "chown 4242:4242 /srv/www/main/log.html", undo="chown www:www /srv/www/main/log.html"),
    broken("tree-not-mounted", "the pages' file system is not mounted",
           (_whole("/srv"), "test_page_shows[*-http:*]", "test_page_shows[*-https://www.*]",
            "test_page_shows[*-https://files.*]"),
           "mount -t tmpfs tmpfs /srv", undo="umount /srv",
           may=("test_next_boot_*",), why="it looks at mounts too"),
    broken("mailboxes-by-number", "/var/vmail has the numbers of the other machine: they are the list's here",
           (_whole("/var/vmail"),), "chown -R 989:989 /var/vmail/*", undo="chown -R vmail:vmail /var/vmail"),
    broken("mailbox-of-root", "a mailbox below /var/vmail belongs to root: nothing is delivered there",
           (_whole("/var/vmail"),), f"chown root:root {_BOX}", undo=f"chown vmail:vmail {_BOX}"),
    broken("mailboxes-open", "everybody can read the mailboxes below /var/vmail", (_whole("/var/vmail"),),
           "chmod 755 /var/vmail",
           undo="chmod 750 /var/vmail"),
    broken("members-lost", "the list's members were not copied", (LIST,), "rm /var/spool/mlmmj/team/subscribers.d/c",
           keeps=("/var/spool/mlmmj/team/subscribers.d",)),
    broken("list-of-root", "the list's folder belongs to root", (LIST, _whole("/var/spool/mlmmj")),
           "chown -R root:root /var/spool/mlmmj/team", undo="chown -R mlmmj:mlmmj /var/spool/mlmmj/team"),
    broken("certificate-link-dangles", "the link to the certificate leads nowhere: no service will start again",
           ("test_configuration_is_accepted[mars]",),
           f"ln -sfn ../../archive/example.org/fullchain3.pem {_CERTIFICATES}/live/example.org/fullchain.pem",
           keeps=(f"{_CERTIFICATES}/live/example.org/fullchain.pem",),
           may=("test_https_*",), why="it reads the certificate too"),
    broken("certificate-key-open", "the certificate's key can be read by all", (_whole(_CERTIFICATES),),
           f"chmod 644 {_KEY}", undo=f"chmod 600 {_KEY}"),
)  # fmt: skip
