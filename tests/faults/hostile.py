"""Hostile and broken input: each is met with a clear error or the right result, and never with a half-written file."""

from __future__ import annotations

from tests.faults.bench import Bench
from tests.faults.catalogue import QMAIL, fault
from tests.faults.compare import NotSurvived, lost, want

RIGHT = "the right result"
ERROR = "a clear error, nothing half-written; once it is mended, resume goes on"
CONTROL = "/home/itpass/ml/ml-ctrl"


def must(bench: Bench, machine: str, script: str, why: str) -> None:
    """A shell condition on a machine."""
    if bench.on(machine, f"if {{ {script}; }} > /dev/null; then echo yes; fi").strip() != "yes":
        raise NotSurvived(f"{machine}: {why}: not so: {script}")


def refused(bench: Bench, through: int, *words: str) -> str:
    """`fab resume` must end with an error that holds the words; its line."""
    said = bench.fab("resume", "--through", str(through), want=None)
    if "irekae:" not in said or "Traceback" in said or not all(word in said for word in words):
        raise NotSurvived(f"no clear error with {words}: {said[-1200:]}")
    return said[said.index("irekae:") :].strip().replace("\n", " ")[:200]


@fault(
    "hostile/file-names",
    "file names with spaces, quotes, $(), newlines, leading dashes, no UTF-8; links, holes, pipes, mode 000",
    "users' homes, before phase 1",
    "all arrive: names, contents, owners, modes, times; no command in a name is run",
)
def file_names(bench: Bench) -> str:
    """The lab's users have had them for years (homes.py of the images): counted, so that this cannot be empty."""
    final = bench.final
    odd = [path for path in final["b"]["files"] if "/odd/" in path]
    if len(odd) < 60:
        raise NotSurvived(f"only {len(odd)} odd names on the new production")
    want(lost(bench.before, final), "lost")
    for machine in "ab":
        found = [path for path in final[machine]["files"] if path.endswith("/pwned")]
        want(found, "a name was run")
    return f"{len(odd)} odd names among {len(final['b']['files'])} files"


@fault(
    "hostile/crontab-links",
    "crontabs that are symbolic links: of production to /etc/shadow, on the standby to /etc/crontab",
    "before phase 3",
    "production's is left alone and told; the standby's is replaced or refused, not written through",
)
def crontab_links(bench: Bench) -> str:
    """A link in a crontab's place must be read and written through by nobody."""
    bench.at(3)
    tabs = "/var/spool/cron/crontabs"
    sly, user = bench.cast["sly"], bench.cast["user"]
    bench.on("a", f"mv {tabs}/{sly} /root/kept; ln -s /etc/shadow {tabs}/{sly}; chown -h {sly}:crontab {tabs}/{sly}")
    bench.on("b", f"ln -s /etc/crontab {tabs}/{user}; cp -p /etc/crontab /root/was")
    said = bench.fab("resume", "--through", "3", want=None)
    must(bench, "b", "cmp -s /etc/crontab /root/was", "/etc/crontab is as before")
    must(bench, "b", f"! [ -e {tabs}/{sly} ]", "production's link was not copied")
    seen = "the standby's was replaced"
    if f"{tabs}/{user} is a symbolic link" in said:
        bench.on("b", f"rm {tabs}/{user}")
        said += bench.fab("resume", "--through", "3")
        seen = "the standby's is refused with its path; removed by hand, resumed"
    if f"{sly} is left alone" not in said:
        raise NotSurvived(f"production's link is not told: {said[-800:]}")
    held = f"/var/lib/irekae/held{tabs}/{user}"
    must(bench, "b", f"[ -f {held} ] && ! [ -L {held} ]", "the other crontab is a plain file, held until 8.1")
    must(bench, "b", f"[ $(stat -c %U {held}) = {user} ]", "it belongs to its user")
    return f"production's is left alone and told; {seen}"


@fault("hostile/list-link", "the mailing list's folder in a user's home is a symbolic link to /etc", "before phase 7",
       "refused with the path; nothing is written below /etc; " + ERROR, needs=(QMAIL,))  # fmt: skip
def list_link(bench: Bench) -> str:
    """Its user may plant it; root must not write through it."""
    bench.after(7)
    bench.at(7)
    bench.on("b", f"mv {CONTROL} {CONTROL}.kept; ln -s /etc {CONTROL}; echo 'not a bouncer' > /etc/bouncer")
    seen = refused(bench, 7, "bouncer")
    must(bench, "b", "[ \"$(cat /etc/bouncer)\" = 'not a bouncer' ]", "/etc/bouncer is as before")
    must(bench, "b", '[ -z "$(ls /etc/bouncer.* 2>/dev/null)" ]', "no copy beside it")
    bench.on("b", f"rm {CONTROL} /etc/bouncer; mv {CONTROL}.kept {CONTROL}")
    return _mended(bench, 7, seen)


def _mended(bench: Bench, phase: int, seen: str) -> str:
    bench.resume(phase)
    bench.want_after(phase)
    return seen


@fault("hostile/maildir-links", "Maildirs that are links to another's mail and to /etc", "users' homes, before phase 3",
       "copied as links; nothing behind them is touched or counted as that user's")  # fmt: skip
def maildir_links(bench: Bench) -> str:
    """Both sides: production's users planted theirs, and the standby has one where production has a folder."""
    bench.at(3)
    user, sly, busy, both = (f"/home/{bench.cast[part]}" for part in ("user", "sly", "busy", "on-both"))
    bench.on("a", f"mv {sly}/Maildir {sly}/Mail.old; ln -s {busy}/Maildir {sly}/Maildir; "
                  f"mv {both}/Maildir {both}/Mail.old; ln -s /etc {both}/Maildir")  # fmt: skip
    bench.on("b", f"rm -rf {user}; ln -s /etc {user}; find /etc -type f -exec sha256sum {{}} + | sort > /root/was")
    bench.resume(4)
    must(bench, "b", f'[ "$(readlink {sly}/Maildir)" = {busy}/Maildir ]', "the user's link is a link")
    must(bench, "b", f"[ -d {user} ] && ! [ -L {user} ]", "the home is a folder again")
    must(bench, "b", "! [ -e /etc/Maildir ] && ! [ -e /etc/odd ]", "nothing was copied through a link")
    return "3 links, none followed"


@fault(
    "hostile/shadow",
    "shadow and passwd without a final newline, with duplicate and broken lines, with the names "
    "`$(touch /pwned)`, `-rf` and `a b`",
    "both hosts, before phase 3",
    "good accounts are merged, each on a line of its own; bad names are refused and told; nothing is run",
)
def shadow(bench: Bench) -> str:
    """What a person's editor or a script of last year may have left."""
    bench.at(3)
    new = bench.cast["on-production"]
    bench.on("a", "printf '%s\\n' '$(touch /pwned):x:1500:100::/home/p:/bin/sh' -- '-rf:x:1501:100::/home/r:/bin/sh' "
                  "'a b:x:1502:100::/home/ab:/bin/sh' 'broken line' >> /etc/passwd; "
                  "printf '%s\\n' '$(touch /pwned):$6$x:1:0:9:7:::' '-rf:$6$y:1:0:9:7:::' >> /etc/shadow; "
                  f"grep ^{new}: /etc/shadow >> /etc/shadow.d; cat /etc/shadow.d >> /etc/shadow; rm /etc/shadow.d; "
                  "truncate -s -1 /etc/shadow; truncate -s -1 /etc/passwd")  # fmt: skip
    bench.on("b", "truncate -s -1 /etc/shadow; truncate -s -1 /etc/passwd; truncate -s -1 /etc/group")
    said = bench.fab("resume", "--through", "3", want=None)
    for machine in "ab":
        must(bench, machine, "! [ -e /pwned ]", "no name was run")
    must(bench, "b", f"[ $(grep -c ^{new}: /etc/shadow) = 1 ]", "the new account stands once in shadow")
    must(bench, "b", f"getent passwd {new} >/dev/null", "it is known")
    must(bench, "b", "! awk -F: 'NF!=9{bad=1} END{exit !bad}' /etc/shadow", "every line of shadow has nine fields")
    must(bench, "b", "! awk -F: 'NF!=7{bad=1} END{exit !bad}' /etc/passwd", "every line of passwd has seven fields")
    must(bench, "b", "! grep -q pwned /etc/passwd && ! grep -q '^-rf' /etc/passwd", "bad names were not copied")
    if "refused" not in said and "not understood" not in said:
        raise NotSurvived(f"the bad lines are not told: {said[-1500:]}")
    return "; ".join(line.strip() for line in said.splitlines() if "refused" in line or "not understood" in line)[:300]


@fault("hostile/pop-auth", "production's pop.auth is empty", "before phase 3", ERROR + "; tako's is kept",
       needs=("copy.pop_secrets",))  # fmt: skip
def pop_auth(bench: Bench) -> str:
    """A truncated file must not replace a good one."""
    bench.after(3)
    bench.at(3)
    path = "/usr/local/qpopper/pop.auth"
    bench.on("b", f"cp -p {path} /root/was")
    bench.on("a", f"cp -p {path} /root/kept; truncate -s 0 {path}; touch -r /root/kept {path}")
    seen = refused(bench, 3, path)
    must(bench, "b", f"cmp -s {path} /root/was", "tako's pop.auth is as before")
    bench.on("a", f"cp -p /root/kept {path}; rm /root/kept")
    bench.on("b", "rm /root/was")
    return _mended(bench, 3, seen)


@fault("hostile/unreadable-config", "a configuration file is gone, another is a folder", "before phase 5", ERROR)
def unreadable(bench: Bench) -> str:
    """/etc/mailname of production is gone; a file of the standby's is a folder."""
    bench.after(5)
    bench.at(5)
    bench.on("a", "mv /etc/mailname /root/")
    conf = bench.cast["named-file"]
    bench.on("b", f"mv {conf} /root/kept; mkdir {conf}")
    seen = refused(bench, 5, "/etc/mailname", conf)
    bench.on("a", "mv /root/mailname /etc/")
    bench.on("b", f"rmdir {conf}; mv /root/kept {conf}")
    return _mended(bench, 5, seen)


@fault("hostile/gate-values", "gate.conf and motd hold quotes, `$()`, bytes that are no UTF-8, CRLF, no final newline",
       "before phase 5", "only host names are exchanged, no other byte; taken back, the file is as before",
       needs=("web.gate",))  # fmt: skip
def gate_values(bench: Bench) -> str:
    """The bytes that stand around a name are none of our business."""
    bench.at(5)
    text = r"""$hostname = 'ika'; # \344\342 it's "$(touch /pwned)" ikasumi\r\n$x = "\\$y";\r\n# `ika`, no end"""
    text = text.replace("'", "'\"'\"'")
    bench.on("a", f"printf '{text}' > /etc/gate/gate.conf; cp -p /etc/gate/gate.conf /root/was")
    bench.resume(5)
    must(bench, "a", "! [ -e /pwned ]", "nothing was run")
    left = bench.on("a", "cmp -l /root/was /etc/gate/gate.conf | wc -l; sed -n 1p /etc/gate/gate.conf | cat -v")
    if "$hostname = 'tako'" not in left or "ikasumi" not in left or '"$(touch /pwned)"' not in left or "^M" not in left:
        raise NotSurvived(f"gate.conf became {left}")
    bench.fab("rollback", "--to", "phase5")
    must(bench, "a", "cmp -s /root/was /etc/gate/gate.conf", "gate.conf is as before")
    return left.splitlines()[1][:120]


@fault("hostile/zone-contents", "the zone file holds texts with `$(touch /pwned)`, the hosts' names, quotes, "
       "semicolons, bytes that are no UTF-8, and an owner called -rf", "before phase 5",
       "SOA and NS are exchanged, no other byte; BIND takes it; taken back, the file is as before",
       needs=("2011",))  # fmt: skip
def zone_contents(bench: Bench) -> str:
    """BIND itself must read the file before and after."""
    bench.at(5)
    zone = "/usr/local/bind/etc/namedb/localhost.zone"
    records = (
        r"""odd IN TXT "ika; $(touch /pwned) \344\342 tako" ; ika, `tako`\n-rf 60 IN TXT "a \\"b" "c;d" "ikasumi"\n"""
    )
    bench.on("a", f"printf '{records}' >> {zone}; cp -p {zone} /root/was; tail -n 2 {zone} > /root/odd")
    must(bench, "a", f"named-checkzone localhost {zone} >/dev/null", "BIND takes the zone before")
    bench.resume(5)
    must(bench, "a", "! [ -e /pwned ]", "nothing was run")
    must(bench, "a", f"tail -n 2 {zone} | cmp -s - /root/odd", "the texts are the same, to the byte")
    must(bench, "a", f"! cmp -s {zone} /root/was && grep -q 'SOA.*tako-itpass' {zone}", "SOA names the new host")
    must(bench, "a", f"named-checkzone localhost {zone} >/dev/null", "BIND takes the zone afterwards")
    bench.fab("rollback", "--to", "phase5")
    must(bench, "a", f"cmp -s {zone} /root/was", "the zone is as before")
    return "two records of odd texts, none touched"


@fault("hostile/list-name", "a mailing list whose folder is called `ml $(touch pwned) \"quoted\"`", "before phase 7",
       RIGHT, needs=(QMAIL,))  # fmt: skip
def list_name(bench: Bench) -> str:
    """In site.toml and on the disk."""
    bench.at(7)
    folder = "/home/itpass/ml/ml $(touch pwned) 'it'"
    quoted = "'/home/itpass/ml/ml $(touch pwned) '\\''it'\\'''"
    bench.on("b", f"mkdir {quoted}; echo old > {quoted}/bouncer; chown -R itpass:itpass {quoted}")
    with bench.site(f'bouncer = "{CONTROL}/bouncer"', f'bouncer = "{folder}/bouncer"'):
        bench.resume(7)
    must(bench, "b", f"grep -q ezmlm-weed {quoted}/bouncer", "the bouncer has its lines")
    must(bench, "b", f"[ $(stat -c %U {quoted}/bouncer) = itpass ]", "it belongs to itpass still")
    must(
        bench,
        "b",
        '! [ -e /pwned ] && ! [ -e /root/pwned ] && [ -z "$(find /home/itpass /home/hayashi -name pwned)" ]',
        "nothing was run",
    )
    return "the bouncer file has its three lines"
