"""Units of systemd's that somebody has masked, and folders of the data trees in which a user plants links."""

from __future__ import annotations

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.hostile import must
from tests.faults.users import as_user
from tests.unit.exchanging import LOOP

MASK = "systemctl mask -q @fetched-from@"


@fault("masked/new-production", "a service that the new production is to run is masked there", "before phase 7",
       "7.7 takes the mask away and enables it; the phase ends as an undisturbed one does", seconds=60,
       needs=("systemd",))  # fmt: skip
def new_production(bench: Bench) -> str:
    """Nothing starts a masked unit, whatever wants it."""
    bench.after(8)
    bench.at(7)
    bench.on("b", bench.cast.ours(MASK))
    bench.resume(8)
    bench.want_after(8)
    return "unmasked, enabled"


@fault("masked/rollback", "a service of production is masked while it runs", "before phase 1, then taken back",
       "it runs again as it did, and its mask is there still", seconds=90, needs=("systemd",))  # fmt: skip
def masked_before(bench: Bench) -> str:
    """A unit that is masked cannot be started: it has to be found out before it is stopped, or be dealt with."""
    bench.prepare()
    bench.at(1)
    bench.on("a", bench.cast.ours(MASK))
    said = bench.fab("resume", "--through", "4", want=None)
    bench.fab("rollback", "--to", "phase1", want=None)
    name = bench.cast["fetched-from"]
    must(bench, "a", f'[ "$(systemctl is-enabled {name})" = masked ]', "the mask is there")
    bench.on("a", f"systemctl unmask -q {name}")
    bench.fab("rollback", "--to", "phase1")
    bench.want_before()
    return "its mask stayed; unmasked, it runs again" if "masked" in said else "it runs again, its mask was there"


COUNTED = """for unit in {units}; do
    mkdir -p /run/systemd/system/$unit.service.d
    printf '[Unit]\\nStartLimitIntervalSec=1h\\nStartLimitBurst=1\\n' > /run/systemd/system/$unit.service.d/often.conf
done; systemctl daemon-reload; systemctl restart ssh"""


@fault("units/start-limit", "systemd starts no service of the site's, nor the network, a second time within the hour",
       "phases 1 to 7, then taken back", "all run again as they did; sshd never rests", seconds=90,
       needs=("systemd",))  # fmt: skip
def start_limit(bench: Bench) -> str:
    """By default it refuses the sixth start in ten seconds: who is called again and again comes to that with sshd."""
    bench.prepare()
    bench.at(1)
    units = [table["init"] for table in bench.cast.site["services"].values()] + ["systemd-networkd", "NetworkManager"]
    for machine in "ab":
        bench.on(machine, COUNTED.format(units=" ".join(units)))
        must(bench, machine, "! systemctl restart ssh", "systemd counts")
        bench.on(machine, "systemctl reset-failed ssh; systemctl start ssh")
    bench.fab("resume", "--through", "7")
    bench.fab("rollback", "--to", "phase1")
    bench.want_before()
    return "started as often as was wanted"


@fault("users/tree-links", "users' links to root's folders below /srv and /var/vmail, one of them exchanged for a "
       "folder as fast as he can; on the standby links in place of folders", "the copy of the trees (3.5)",
       "nothing of root's is read into a tree, nor written, removed or given away", seconds=120,
       needs=("trees", "postfix"))  # fmt: skip
def tree_links(bench: Bench) -> str:
    """carol owns a folder of /srv; all of /var/vmail is vmail's, whose programs are."""
    bench.at(3)
    busy, box = bench.cast["busy"], "/var/vmail/example.com/anna/Maildir"
    for machine in "ab":
        bench.on(machine, "mkdir /etc/precious; echo SECRET-OF-ROOT > /etc/precious/big; chmod 600 /etc/precious/big; "
                          "touch /etc/precious/own; find /etc/precious -ls | sort > /root/was")  # fmt: skip
    bench.on("a", f"su -s /bin/sh {busy} -c 'cd /srv/files/team; ln -s /etc/precious trap; ln -s /etc/shadow shadow'; "
                  f"su -s /bin/sh vmail -c 'cd {box} && mv new kept && ln -s /etc/precious new'")  # fmt: skip
    bench.on("b", f"su -s /bin/sh {busy} -c 'ln -s /etc/precious /srv/files/team'; "
                  "su -s /bin/sh vmail -c 'mkdir -p /var/vmail/example.com; ln -s /etc/precious "
                  "/var/vmail/example.com/anna'", ok=False)  # fmt: skip
    as_user(bench, "a", busy, "race", LOOP, "/srv/files/team/results", "/srv/files/team/trap", "''")
    for _ in range(3):
        bench.fab("resume", "--through", "3", want=None)
    must(bench, "a", f"grep -q thousand /home/{busy}/.race.out", "the user did exchange them")
    # While he does, the copy may rightly say that something is left.
    bench.on("a", f"pkill -u {busy} -f race.py")
    bench.fab("resume", "--through", "3")
    for machine in "ab":
        must(bench, machine, "find /etc/precious -ls | sort | cmp -s - /root/was", "root's folder is as it was")
    must(bench, "b", "! grep -rqs SECRET-OF-ROOT /srv /var/vmail /home", "nothing of root's came into a tree")
    must(bench, "b", '[ "$(readlink /srv/files/team/shadow)" = /etc/shadow ]', "a link is copied as a link")
    must(bench, "b", f'[ "$(readlink {box}/new)" = /etc/precious ]', "that of a mailbox, too")
    return "links are links, root's files are as they were"
