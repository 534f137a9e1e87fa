"""Made-up results of a swap, rich enough to look at: nothing in here was measured."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from msgspec.structs import replace

from irekae.model import codec
from irekae.model.results import (
    Acceptance,
    Check,
    Comparison,
    Evidence,
    Fingerprint,
    ItemRow,
    Leftover,
    Mark,
    OpenPoint,
    Outage,
    PhaseSpan,
    Place,
    Span,
)
from tests.unit.report.sample_items import ITEMS

JST = timezone(timedelta(hours=9))
START = datetime(2012, 11, 9, 13, 0, 0, tzinfo=JST)

CHECKS: list[tuple[str, str, str, str, str, str]] = [
    ("9.1", "ika", "apache2 runs", "apache2 が動いている", "apache2: process and tcp/80, tcp/443", "ps -eo pid,args"),
    ("9.1", "ika", "named runs", "bind が動いている", "named: process, udp/53 and tcp/53", "ps -eo pid,args"),
    ("9.1", "ika", "tcpserver runs", "tcpserver が動いている", "tcpserver: process and tcp/25", "ps -eo pid,args"),
    ("9.1", "ika", "apache2 starts at boot", "apache2 が起動時に立ち上がる", "/etc/rc2.d/S??apache2", "ls /etc/rc2.d"),
    ("9.2", "tako", "named does not run", "bind が動いていない", "no process named", "ps -eo pid,args"),
    ("9.2", "tako", "qmail runs", "qmail が動いている", "qmail-send: process", "ps -eo pid,args"),
    ("9.3", "ika", "root login refused by key", "鍵による root ログインの拒否", "refused", "ssh root@198.51.100.21"),
    ("9.3", "ika", "root login refused by password", "パスワードによる root ログインの拒否", "refused", "ssh root@ika"),
    ("9.4", "ika", "http://itpass.scitec.kobe-u.ac.jp/", "トップページ", "200, contains ITPASS", "GET / HTTP/1.1"),
    ("9.4", "ika", "http://epa.scitec.kobe-u.ac.jp/", "EPA のページ", "200, contains EPA", "GET / HTTP/1.1"),
    (
        "9.5",
        "ika",
        "a Hiki page is written and read back",
        "Hiki への書き込み",
        "the page with its token",
        "POST /hiki/",
    ),
    ("9.6", "ika", "gate registers, changes, withdraws", "gate の登録と変更", "registered", "POST /gate/"),
    ("9.7", "ika", "itpass.scitec.kobe-u.ac.jp A over udp", "A レコード (udp)", "198.51.100.21 aa", "A? itpass… @ika"),
    ("9.7", "ika", "itpass.scitec.kobe-u.ac.jp A over tcp", "A レコード (tcp)", "198.51.100.21 aa", "A? itpass… @ika"),
    ("9.7", "ika", "epa.scitec.kobe-u.ac.jp MX", "EPA の MX レコード", "10 ika-itpass… aa", "MX? epa… @ika"),
    ("9.8", "ika", "fail2ban bans and unbans a third address", "fail2ban の動作", "banned, then not", "4 logins"),
    (
        "9.9",
        "ika",
        "mail fetched by APOP from outside",
        "APOP による受信",
        "the mail with its token",
        "APOP popcheck …",
    ),
    (
        "9.10",
        "ika",
        "mail to itpass is delivered",
        "itpass 宛のメールの配送",
        "delivered",
        "RCPT TO:<popcheck@itpass…>",
    ),
    ("9.10", "ika", "mail to cps is delivered", "cps 宛のメールの配送", "delivered", "RCPT TO:<popcheck@cps…>"),
    ("9.10", "ika", "relaying is refused", "中継の拒否", "553", "RCPT TO:<someone@example.org>"),
    (
        "9.11",
        "ika",
        "a mail to the list reaches all",
        "メーリングリストの配送",
        "3 of 3 subscribers",
        "RCPT TO:<itpass-ml>",
    ),
    ("9.12", "tako", "root login refused by key", "鍵による root ログインの拒否", "refused", "ssh root@198.51.100.22"),
    ("9.13", "tako", "http is off", "http の停止", "connection refused on tcp/80", "connect 198.51.100.22:80"),
    ("9.14", "tako", "names are resolved", "名前の解決", "198.51.100.21", "getent hosts itpass.scitec.kobe-u.ac.jp"),
    ("9.15", "tako", "pop is off", "pop の停止", "connection refused on tcp/110", "connect 198.51.100.22:110"),
    ("9.16", "tako", "local delivery does not arrive", "ローカル配送が届かない", "no new mail", "qmail-inject asada"),
    ("9.16", "tako", "the mail of /etc/crontab arrives", "システムメールの送信", "arrives at itpadmin", "mail -s …"),
    ("10.1", "dennou", "itpass_rsync_epa2dennou.sh -n", "バックアップの試行", "exit 0, files listed", "./itpass… -n"),
    ("10.2", "dennou", "log of the last backup is normal", "バックアップのログ", "sent … bytes, today", "cat …log"),
]

SMTP = """C: (connect 198.51.100.21:25)
S: 220 ika-itpass.scitec.kobe-u.ac.jp ESMTP
C: EHLO outside.scitec.kobe-u.ac.jp
S: 250-ika-itpass.scitec.kobe-u.ac.jp
S: 250 8BITMIME
C: MAIL FROM:<irekae@outside.scitec.kobe-u.ac.jp>
S: 250 Sender accepted.
C: RCPT TO:<popcheck@cps.scitec.kobe-u.ac.jp>
S: 553 Sorry, that domain isn't in my list of allowed rcpthosts. <script>alert("not markup")</script>"""


def clock(seconds: float) -> str:
    """Return the moment `seconds` after the swap's start, as results hold it."""
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def sample(broken: bool = True) -> Acceptance:
    """Return made-up results: with `broken`, of a swap with failures and open points, else of one that went well."""
    results = Acceptance(
        run="20121109-1300-4f2a",
        site="ITPASS",
        generated_at=clock(420),
        places=(
            Place("production", "ika", "ika-itpass.scitec.kobe-u.ac.jp", "198.51.100.21", "a", "b"),
            Place("standby", "tako", "tako-itpass.scitec.kobe-u.ac.jp", "198.51.100.22", "b", "a"),
        ),
        items=tuple(_items()),
        checks=tuple(_checks()),
        fingerprints=tuple(_fingerprints()),
        outages=tuple(_outages()),
        phases=tuple(_phases()),
        baseline=tuple(_baseline()),
        figures={"nothing left to do": 0.71, "verify both hosts": 24.8, "phases 1 to 9": 96.4},
        irekae="0.1.0",
    )
    if broken:
        results = _broken(results)
    return codec.sealed(results, "688890d5c1f24e8f6f0d8a4f8f7b7f6a0c9d1e2b")


def _items() -> list[ItemRow]:
    rows = []
    for count, (number, mark, hosts, title, title_ja) in enumerate(ITEMS):
        for host in hosts:
            rows.append(_item(count, number, mark, host, title, title_ja))
    return rows


def _item(count: int, number: str, mark: Mark, host: str, title: str, title_ja: str) -> ItemRow:
    phase = int(number.split(".")[0])
    machine = {"ika": "a" if phase < 7 else "b", "tako": "b" if phase < 7 else "a"}.get(host, "")
    more: dict[str, Any] = {}
    if number == "3.1":
        more = {"took": 31.6, "detail": ("3,412 files, 48.2 MB sent of 211.0 MB", "dry run: 12 deletions, 200 allowed")}
    if number == "6.2":
        more = {"outcome": "nothing to do", "why": "both hosts answered over their new address"}
    if number == "5.1":
        more = {"detail": tuple(f"changed {p}" for p in ("/etc/hostname", "/etc/hosts", "/etc/motd"))}
    known: dict[str, Any] = {"outcome": "done", "took": 0.4 + count % 7 / 10, "who": "hayashi" if count % 3 else "mori"}
    return ItemRow(
        number=number,
        phase=phase,
        title=title,
        title_ja=title_ja,
        mark=mark,
        host=host,
        machine=machine,
        at=clock(count * 6),
        **(known | more),
    )


def _checks() -> list[Check]:
    rows = []
    for count, (item, host, title, title_ja, expected, asked) in enumerate(CHECKS):
        at, took = clock(330 + count), 0.05 + count % 9 / 8
        answer = f"{expected}\n(seen on {host})"
        rows.append(
            Check(
                id=f"verify/test_{item.replace('.', '_')}.py::test_{count}[{host}]",
                item=item,
                host=host,
                title=title,
                title_ja=title_ja,
                outcome="passed",
                expected=expected,
                found=expected,
                evidence=(Evidence(asked, answer, "outside", at, took),),
                at=at,
                took=took,
                before="passed" if host == "ika" else "unknown",
            )
        )
    return rows


def _fingerprints() -> list[Fingerprint]:
    sums = {
        ("a", "ssh-ed25519"): "SHA256:9Zx1mE0v6v3nJ1y2QpQk3Vb0c8RrT5uWm4H7dLkA2xY",
        ("a", "ssh-rsa"): "SHA256:Jq0pQ8m7D2bYkS1hC4eUu9sWnXvT6rZfGa3LoPiKj5E",
        ("b", "ssh-ed25519"): "SHA256:uT4cQwE8rYpO2iLkJ6hGfDsA1zXcVbN3mM5nB7vC9xZ",
        ("b", "ssh-rsa"): "SHA256:pL0oK9iJ8uH7yG6tF5rD4eS3wA2qZ1xC0vB9nM8lK7j",
    }
    names = {"a": ("ika", "tako"), "b": ("tako", "ika")}
    return [Fingerprint(m, *names[m], kind, value) for (m, kind), value in sums.items()]


def _phases() -> list[PhaseSpan]:
    edges = [0, 24, 60, 72, 118, 140, 168, 186, 250, 320, 362, 380, 400]
    return [PhaseSpan(phase, clock(edges[phase]), clock(edges[phase + 1])) for phase in range(12)]


def _outages() -> list[Outage]:
    def away(service: str, address: str, predicted: float | None, *spans: tuple[float, float]) -> Outage:
        gone = tuple(Span(clock(a), clock(b)) for a, b in spans)
        return Outage(service, address, gone, max((b - a for a, b in spans), default=0.0), predicted)

    return [
        away("http", "198.51.100.21:80", 250.0, (38.2, 296.4)),
        away("https", "198.51.100.21:443", 250.0, (38.2, 296.9)),
        away("dns", "198.51.100.21:53", 60.0, (170.1, 186.0), (252.0, 290.5)),
        away("smtp", "198.51.100.21:25", 255.0, (40.0, 292.0)),
        away("pop", "198.51.100.21:110", None, (38.9, 297.0)),
        away("ssh", "198.51.100.21:22", 30.0, (170.1, 176.0), (253.0, 281.0)),
    ]


def _baseline() -> list[Comparison]:
    return [
        Comparison("itpass.scitec.kobe-u.ac.jp MX", "10 ika-itpass…", "10 ika-itpass…", "same"),
        Comparison(
            "0.0.127.in-addr.arpa SOA", "tako-itpass… 2012040101", "ika-itpass… 2012040101", "expected difference"
        ),
        Comparison("mailboxes", "31 boxes, 412 mails, 8,213,004 bytes", "31 boxes, 412 mails, 8,213,004 bytes", "same"),
        Comparison("http://itpass.scitec.kobe-u.ac.jp/~asada/", "403", "200", "better"),
    ]


def _broken(results: Acceptance) -> Acceptance:
    checks = {check.title: check for check in results.checks}
    cps, mx = checks["mail to cps is delivered"], checks["epa.scitec.kobe-u.ac.jp MX"]
    hiki, log = checks["a Hiki page is written and read back"], checks["log of the last backup is normal"]
    failed = Evidence("RCPT TO:<popcheck@cps.scitec.kobe-u.ac.jp>", SMTP, "outside", cps.at, 0.213)
    changed = {
        cps.id: replace(
            cps,
            outcome="failed",
            found="553 Sorry, that domain isn't in my list of allowed rcpthosts.",
            evidence=(failed,),
            cause="cps.scitec.kobe-u.ac.jp is missing from /var/qmail/control/rcpthosts",
            remedy="7.2: add the domain to locals and rcpthosts, restart qmail, look with qmail-showctl",
        ),
        mx.id: replace(mx, outcome="failed", found="10 tako-itpass.scitec.kobe-u.ac.jp.", before="failed"),
        hiki.id: replace(hiki, outcome="error", found="timed out after 10 s", before="unknown"),
        log.id: replace(log, outcome="not checked", found="no backup host in hosts.ini", evidence=()),
    }
    return replace(
        results,
        checks=tuple(changed.get(check.id, check) for check in results.checks),
        items=tuple(_as_by_people(row) for row in results.items),
        leftovers=(
            Leftover(
                "ika", "/etc/cron.daily/report-to-tako-with-a-rather-long-name.sh", 12, "scp $LOG tako-itpass:/var/"
            ),
            Leftover("tako", "/etc/aliases", 3, "root: itpadmin@ika-itpass.scitec.kobe-u.ac.jp"),
        ),
        baseline=(*results.baseline, Comparison("uid of ueno", "1023", "1024", "new difference")),
        open_points=(OpenPoint("clock", "outside is 4 s ahead of ika", "outside の時計が ika より 4 秒進んでいる"),),
    )


def _as_by_people(row: ItemRow) -> ItemRow:
    if (row.number, row.host) == ("7.4", "ika"):
        return replace(row, outcome="by hand", who="mori", why="bouncer written with vi; ezmlm was being upgraded")
    if (row.number, row.host) == ("1.5", "ika"):
        return replace(row, outcome="waived", who="hayashi", why="the backup is off this week")
    if row.number.startswith("11."):
        return replace(row, outcome="not done", who="", at="", took=0.0)
    return row
