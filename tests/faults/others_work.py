"""What somebody else did on a host in the middle of a swap: it stays, and where it touches ours a person decides."""

from __future__ import annotations

from tests.faults.bench import Bench
from tests.faults.catalogue import fault
from tests.faults.compare import NotSurvived
from tests.faults.hostile import must

STAYS = "what somebody did since stays, everything else is as before the swap"


def _told(said: str, *words: str) -> None:
    missing = [word for word in words if word not in said]
    if missing:
        raise NotSurvived(f"not told: {', '.join(missing)}\n{said[-2000:]}")


def _before_phase_3(bench: Bench) -> None:
    """Root's door is open: a boot, as of a snapshot, would close it."""
    bench.at(2)
    bench.fab("resume", "--through", "2")


@fault("others/rollback", "an account made, a line in motd, MaxSessions in sshd_config, a key for root",
       "after phase 5, then the swap is taken back", STAYS, seconds=120)  # fmt: skip
def rollback_keeps(bench: Bench) -> str:
    """None of it touches what the swap did."""
    bench.at(1)
    bench.fab("resume", "--through", "5")
    bench.on("b", "useradd -m -u 1999 newbie; echo 'no mail tonight' >> /etc/motd;"
                  "echo 'MaxSessions 20' >> /etc/ssh/sshd_config; install -d -m 700 /root/.ssh;"
                  "echo 'ssh-ed25519 AAAA mine' >> /root/.ssh/authorized_keys")  # fmt: skip
    bench.fab("rollback", "--to", "phase1")
    must(bench, "b", "id newbie && getent shadow newbie", "the account is there")
    must(bench, "b", "tail -n 1 /etc/motd | grep -qx 'no mail tonight'", "the line is in motd")
    must(bench, "b", f"! grep -qw {bench.cast.production.name} /etc/motd", "the name in motd is the old one again")
    must(bench, "b", "tail -n 1 /etc/ssh/sshd_config | grep -qx 'MaxSessions 20'", "sshd_config is theirs too")
    must(bench, "b", "grep -qx 'ssh-ed25519 AAAA mine' /root/.ssh/authorized_keys", "the key is there")
    must(bench, "b", f"! getent passwd {bench.cast['on-production']}", "what 3.4 added is gone")
    return "four edits of somebody else stay"


@fault("others/usermod", "usermod of an account that 3.4 has copied", "after phase 3, then the swap is taken back",
       "refused with exit status 3 before anything is changed, no hash shown; --keep takes back the rest",
       seconds=90)  # fmt: skip
def usermod_since(bench: Bench) -> str:
    """The account is in the way of its own removal."""
    bench.at(1)
    bench.fab("resume", "--through", "3")
    new, other = bench.cast["on-production"], bench.cast["on-production-too"]
    bench.on("b", f"usermod -s /bin/sh -c 'somebody, moved' {new}")
    before = bench.on("b", "cat /etc/passwd /etc/shadow /etc/group; ls -l /home")
    said = bench.fab("rollback", "--to", "phase1", want=3)
    name = bench.cast.standby.name
    _told(said, f"/etc/passwd on {name}", f"entry {new} (we remove it, it was changed", "--keep /etc/passwd")
    if "$6$" in said or bench.on("b", "cat /etc/passwd /etc/shadow /etc/group; ls -l /home") != before:
        raise NotSurvived(f"hashes are shown, or something was changed:\n{said[-1500:]}")
    bench.fab("rollback", "--to", "phase1", "--keep", "/etc/passwd")
    must(bench, "b", f"getent passwd {new} | grep -q moved && getent shadow {new}", "the account is whole")
    must(bench, "b", f"! getent passwd {other}", "the others are gone")
    return "refused first, then all but that account was taken back"


@fault("others/door", "MaxSessions 20 added right beside our line of sshd_config", "between phases 2 and 4",
       "4.2 closes the door, and the line stays", seconds=60)  # fmt: skip
def beside_the_door(bench: Bench) -> str:
    """4.2 once put the old file over it."""
    _before_phase_3(bench)
    bench.on("b", "sed -i '3i MaxSessions 20' /etc/ssh/sshd_config")  # the door is the two lines before
    bench.fab("resume", "--through", "4")
    must(bench, "b", "grep -qx 'MaxSessions 20' /etc/ssh/sshd_config", "the line is there")
    must(bench, "b", "sshd -T -C user=root,host=x,addr=198.51.100.9 | grep -qx 'permitrootlogin no'", "it is closed")
    return "closed, with the line"


@fault("others/accounts-locked", "an account locked on production alone, and one expired", "before phase 3",
       "3.4 does not pass before it is decided, and tells no hash; by site.toml's word both are shut on the new "
       "production too", seconds=90)  # fmt: skip
def locked_on_production(bench: Bench) -> str:
    """They would have lived again."""
    _before_phase_3(bench)
    user, busy = bench.cast["user"], bench.cast["busy"]
    bench.on("a", f"usermod -L {user}; chage -E 2020-01-01 {busy}")
    said = bench.fab("phase3.shadow", want=1)
    _told(said, f"{user}: login: locked on production", f"{busy}: account: expired on 2020-01-01 on production",
          f'[accounts] decided = {{ {user} = "source" }}')  # fmt: skip
    if "$6$" in said:
        raise NotSurvived(f"a hash is shown:\n{said[-1500:]}")
    with bench.setting("accounts", "decided", f'{{ {user} = "source", {busy} = "source" }}'):
        bench.fab("phase3.shadow")
    shut = f"passwd -S {user} | grep -q ' L ' && chage -l {busy} | grep -q 'Account expires.*Jan 01, 2020'"
    must(bench, "b", shut, "both are shut")
    return "refused until decided, then taken over"


HOLD = "import fcntl, time; f = open('/etc/.pwd.lock', 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); "


@fault("others/useradd", "accounts made one after the other on the standby", "during 3.4",
       "each is there afterwards, and so is all that 3.4 copies: both heed the system's lock", seconds=60)  # fmt: skip
def useradd_meanwhile(bench: Bench) -> str:
    """useradd takes the same lock; whoever comes second waits."""
    _before_phase_3(bench)
    loop = "n=0; while [ ! -e /run/enough ]; do n=$((n+1)); useradd -M -u $((40000+n)) new$n && echo new$n; done"
    bench.on("b", f"rm -f /run/enough; setsid sh -c '{loop}' > /run/made 2> /run/failed < /dev/null &")
    bench.wait("the first account is made", lambda: bool(bench.on("b", "cat /run/made").strip()), 60)
    bench.fab("phase3.shadow")
    bench.on("b", "touch /run/enough")
    made = bench.on("b", "cat /run/made").split()
    must(
        bench,
        "b",
        "for u in $(cat /run/made); do getent passwd $u && getent shadow $u || exit 1; done",
        "all are there",
    )
    new = bench.cast["on-production"]
    must(bench, "b", f"getent passwd {new} && getent shadow {new}", "3.4's are there too")
    return f"{len(made)} accounts made meanwhile"


@fault("others/vipw", "somebody holds the lock of the account files for long", "during 3.4",
       "told after fifteen seconds with the process that holds it, nothing is written; later the same command passes",
       seconds=60)  # fmt: skip
def held_lock(bench: Bench) -> str:
    """As vipw(8) does while its editor is open."""
    _before_phase_3(bench)
    before = bench.on("b", "cat /etc/passwd")
    script = HOLD + "[time.sleep(0.2) for _ in iter(lambda: __import__('os').path.exists('/run/enough'), True)]"
    bench.on("b", f'rm -f /run/enough; setsid python3 -c "{script}" > /run/holder 2>&1 < /dev/null &')
    bench.wait("the lock is held", lambda: "held" in bench.on("b", "cat /run/holder"), 30)
    said = bench.fab("phase3.shadow", want=1)
    _told(said, f"somebody is changing accounts on {bench.cast.standby.name}; nothing was changed", "python3, process")
    if bench.on("b", "cat /etc/passwd") != before:
        raise NotSurvived("passwd was written")
    bench.on("b", "touch /run/enough")
    bench.fab("phase3.shadow")
    return "told who holds it, then passed"
