"""What one user can do below his own home, while root copies, counts, searches and cleans up: nothing beyond it."""

from __future__ import annotations

from tests.faults.bench import Bench
from tests.faults.catalogue import QMAIL, fault
from tests.faults.compare import NotSurvived, want
from tests.faults.hostile import must
from tests.unit.exchanging import LOOP


def as_user(bench: Bench, machine: str, user: str, name: str, program: str, *words: str) -> None:
    """Start a Python program as a user of a machine, in a session of its own."""
    path = f"/home/{user}/.{name}"
    bench.on(machine, f"cat > {path}.py <<'END'\n{program}\nEND\nchown {user} {path}.py")
    start = f"setsid python3 {path}.py {' '.join(words)} > {path}.out 2>&1 < /dev/null &"
    bench.on(machine, f'su -s /bin/sh {user} -c "{start}"')
    bench.wait(f"{user}'s {name} runs", lambda: bool(bench.on(machine, f"cat /home/{user}/.{name}.out").strip()))


@fault("users/mailbox-race", "a user whose Maildir/cur is exchanged for a link to root's logs as fast as he can, with "
       "a letter of the checks in both", "the acceptance suite on the new production host",
       "nothing of root's is removed; what is no mailbox is told", seconds=90, needs=("mail", "pop"))  # fmt: skip
def mailbox_race(bench: Bench) -> str:
    """What is looked at and what is removed are the same, whatever is renamed meanwhile."""
    bench.at(1)
    letter = "From: <a@b>\nSubject: irekae-check-000000000000-001x\n\nx"
    sly, name = bench.cast["sly"], bench.cast.production.name
    bench.on("a", f"mkdir /var/log/precious; printf '{letter}' | tee /var/log/precious/1 > /var/log/precious/2; "
                  f"su -s /bin/sh {sly} -c 'cd && ln -s /var/log/precious trap'")  # fmt: skip
    as_user(bench, "a", sly, "race", LOOP, f"/home/{sly}/Maildir/cur", f"/home/{sly}/trap", "''")
    for _ in range(3):
        bench.lab("run", "pytest", "-q", "verify/", f"--hosts={name}", "--item", "9.10", "--item", "9.11", ok=False)
    must(bench, "a", "[ $(ls /var/log/precious | wc -l) = 2 ]", "root's files are there")
    must(bench, "a", f"grep -q thousand /home/{sly}/.race.out", "the user did exchange them")
    return "3 runs of the suite, root's files are there"


@fault("users/bouncer", "the mailing list's bouncer is a link to /etc/shadow", "the acceptance suite",
       "the check fails and tells the link; no hash is read, nor written anywhere", seconds=60,
       needs=(QMAIL,))  # fmt: skip
def bouncer(bench: Bench) -> str:
    """7.4's check read it as root once."""
    bench.at(1)
    control = "/home/itpass/ml/ml-ctrl"
    bench.on("a", f"su -s /bin/sh itpass -c 'cd {control} && mv bouncer kept && ln -s /etc/shadow bouncer'")
    said = bench.lab(
        "run", "pytest", "verify/", "--hosts=ika", "--item", "7.4", "--json", "report/bouncer.json", ok=False
    )
    report = bench.lab("run", "cat", "report/bouncer.json")
    found = [place for place, text in (("output", said), ("report", report)) if "$6$" in text or "$y$" in text]
    want(found, "hashes are in")
    if "a link that its user cannot read" not in said:
        raise NotSurvived(f"the link is not told: {said[-800:]}")
    return "the check fails: a link that its user cannot read as a file"


FORKS = """
import os, signal, time
end = time.monotonic() + 600
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
beats = os.open(os.path.expanduser("~/beats"), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
print("begun", flush=True)
while time.monotonic() < end:
    os.write(beats, b".")
    if os.fork():
        os._exit(0)
    os.setsid()
"""
DIGS = """
import os
os.chdir(os.path.expanduser("~"))
for _ in range(1000):
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
print("dug", flush=True)
"""
SLEEPS = "import sys, time\nprint('begun', flush=True)\ntime.sleep(100000)"


@fault("users/one-stops-nobody", "a user who keeps forking past TERM, another whose processes bear the copy's text "
       "and an agent's, a folder 1,000 deep, a sparse file of 3 GB, a cron job each minute",
       "production, from phase 1 on", "phases 1 to 4 are done; what cannot be copied, or goes on changing, is told",
       seconds=120)  # fmt: skip
def one_stops_nobody(bench: Bench) -> str:
    """None of it is in the way of anybody else's home."""
    bench.after(4)
    bench.at(1)
    sly, busy = bench.cast["sly"], bench.cast["busy"]
    as_user(bench, "a", sly, "dig", DIGS)
    bench.on("a", f"su -s /bin/sh {sly} -c 'truncate -s 3G ~/sparse; echo x >> ~/sparse'; "
                  f"echo '* * * * * date >> $HOME/minutes' | crontab -u {busy} -; date > /home/{busy}/minutes; "
                  f"chown {busy} /home/{busy}/minutes; cp /bin/sleep /home/{busy}/apache2")  # fmt: skip
    as_user(bench, "a", sly, "forks", FORKS)
    as_user(bench, "a", busy, "sleeps", SLEEPS, "/var/lib/irekae/copy/home/run", "irekae-agent")
    said = bench.fab("resume", "--through", "4")
    # What hands itself on from process to process is in no list, but leaves its mark.
    beats = f"stat -c %s /home/{sly}/beats"
    must(bench, "a", f'[ "$({beats})" = "$(sleep 1; {beats})" ]', "his processes are ended")
    must(bench, "b", f"[ $(stat -c %s /home/{sly}/sparse) -gt 3000000000 ]", "the sparse file is whole")
    must(bench, "b", f"[ $(du -k /home/{sly}/sparse | cut -f1) -lt 1000 ]", "it is sparse there too")
    must(bench, "b", f"[ -f /home/{busy}/minutes ]", "the home of the other is copied")
    if "its paths are longer than rsync can take" not in said:
        raise NotSurvived(f"the deep folder is not told: {said[-1500:]}")
    return "1.2 ended the forks, the copy left the deep folder out and said so"


@fault("users/many-files-on-the-standby", "250 files in one user's home on the standby", "before phase 3",
       "refused with his name and the list; looked at and allowed, it goes on", seconds=90)  # fmt: skip
def many_files(bench: Bench) -> str:
    """The limit is each home's own, and a person says of which home it does not hold."""
    bench.after(3)
    bench.at(3)
    sly = bench.cast["sly"]
    bench.on("b", f"mkdir -p /home/{sly} && cd /home/{sly} && for n in $(seq 250); do echo x > left-$n; done")
    said = bench.fab("resume", "--through", "3", want=3)
    if f"{sly}: 25" not in said or "may_delete" not in said:
        raise NotSurvived(f"not refused by name: {said[-1500:]}")
    with bench.setting("home", "may_delete", f"{{ {sly} = 300 }}"):
        bench.resume(3)
    bench.want_after(3)
    return f"refused: {sly}; with may_delete = {{ {sly} = 300 }} copied"


@fault("users/numbers-that-meet", "an account on the standby that has the number of another user of production",
       "before 0.4", "refused with both names; nothing is copied", seconds=60)  # fmt: skip
def numbers(bench: Bench) -> str:
    """By its number a private or setuid file would become the other's."""
    bench.at(1)
    bench.on("a", "useradd -u 1777 -M hidari; mkdir /home/hidari; echo secret > /home/hidari/key; "
                  "chown -R hidari: /home/hidari; chmod 4700 /home/hidari/key")  # fmt: skip
    bench.on("b", "useradd -u 1777 -M migi")
    said = bench.fab("phase0.prework", want=3)
    if "hidari" not in said or "migi" not in said:
        raise NotSurvived(f"not refused by name: {said[-1500:]}")
    must(bench, "b", "! [ -e /home/hidari ]", "nothing was copied")
    return "0.4 is refused: 1777 is hidari there and migi here"


@fault("users/copy-race", "users of both hosts exchange a folder for a link to root's as fast as they can", "the "
       "copy of 0.4, which runs while people work", "nothing of root's is read into a home, nor written, "
       "removed or given away", seconds=90)  # fmt: skip
def copy_race(bench: Bench) -> str:
    """An rsync below 3.5.0 is led astray by it; 0.2 and 0.4 refuse that one."""
    bench.at(1)
    for machine in "ab":
        bench.on(machine, "mkdir /etc/precious; echo SECRET-OF-ROOT > /etc/precious/big; chmod 600 /etc/precious/big; "
                          "touch /etc/precious/own; find /etc/precious -ls | sort > /root/was; "
                          "su -s /bin/sh hayashi -c 'cd && mkdir folder && ln -s /etc/precious trap && "
                          "head -c 20000000 /dev/urandom > folder/big'")  # fmt: skip
        as_user(bench, machine, "hayashi", "race", LOOP, "/home/hayashi/folder", "/home/hayashi/trap", "''")
    statuses = []
    for _ in range(3):
        process = bench.start("phase0.prework")
        statuses.append(bench.finish(process)[0])
    for machine in "ab":
        must(bench, machine, "grep -q thousand /home/hayashi/.race.out", "the user did exchange them")
        must(bench, machine, "find /etc/precious -ls | sort | cmp -s - /root/was", "root's folder is as it was")
    must(bench, "b", "! grep -rqs SECRET-OF-ROOT /home", "nothing of root's came into a home")
    return f"0.4 ended with {statuses}; root's files are as they were"
