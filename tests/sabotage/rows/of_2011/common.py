"""Words that rows of several subjects share: paths, groups of checks, an impostor's program."""

from __future__ import annotations

from pathlib import Path

BOOT = (
    "/etc/init.d",
    "/etc/rc0.d",
    "/etc/rc1.d",
    "/etc/rc2.d",
    "/etc/rc3.d",
    "/etc/rc4.d",
    "/etc/rc5.d",
    "/etc/rc6.d",
    "/etc/rcS.d",
)
"""All that decides what a boot of sysvinit starts; insserv's .depend files lie in init.d."""

CONTROL = "/var/qmail/control"
NAMEDB = "/usr/local/bind/etc/namedb"
NAMED_CONF = "/usr/local/bind/etc/named.conf"
HTTPD_CONF = "/usr/local/apache2/conf/httpd.conf"
SSHD_CONFIG = "/etc/ssh/sshd_config"

PAGES = "test_page_shows[*]"
GATE = "test_gate_registers_and_changes[*]"
HIKI = "test_hiki_can_be_written_to[*]"
CERTIFICATE = "test_https_shows_this_host_s_certificate[*]"
MAIL_IN = "test_domain_s_mail_is_taken_and_delivered[*]"
MAIL_OUT = "test_mail_can_be_sent[*]"
RELAY = "test_mail_is_not_relayed[*]"
FETCH = "test_mail_can_be_fetched[*]"
APOP = "test_pop_offers_apop[*]"
SECRET = "test_pop_lets_in_with_the_secret_only[*]"
LIST = "test_list_mail_reaches_every_subscriber[*]"
BANS = "test_fail2ban_bans[*]"
LETS_IN = "test_fail2ban_lets_in_again[*]"
DOMAINS = "test_qmail_s_domains[*]"

BY_KEY = "test_root_is_not_let_in_by_key[*]"
BY_PASSWORD = "test_root_is_not_let_in_by_password[*]"
FROM_NOWHERE = "test_sshd_admits_root_from_nowhere[*]"
NO_LINE = "test_no_line_of_sshd_s_configuration_admits_root[*]"
ON_DISK = "test_sshd_runs_with_the_configuration_that_is_on_disk[*]"

IMPOSTOR = '''
"""Another program on a service's port: `impostor.py KIND PORT` with KIND pop, yes-pop, smtp, http or dns."""

import socket
import socketserver
import sys

kind, port = sys.argv[1], int(sys.argv[2])
GREETINGS = {"pop": "+OK POP ready", "yes-pop": "+OK ready <1.1@impostor>", "smtp": "220 impostor ESMTP"}


class Line(socketserver.StreamRequestHandler):
    def say(self, words):
        self.wfile.write(words.encode() + b"\\r\\n")

    def handle(self):
        if kind == "http":
            self.rfile.readline()
            return self.say("HTTP/1.0 200 OK\\r\\n\\r\\nIt works!")
        self.say(GREETINGS[kind])
        for line in self.rfile:
            word = line.split()[0].upper() if line.split() else b""
            if kind == "smtp":
                self.say("354 go on" if word == b"DATA" else "250 OK")
                if word == b"DATA":
                    for more in self.rfile:
                        if more.strip() == b".":
                            break
                    self.say("250 taken")
            elif kind == "pop":
                self.say("-ERR unknown" if word == b"APOP" else "+OK 0 0")
            else:
                self.say("+OK 0 0")
            if word == b"QUIT":
                return


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        question, line = self.request
        # A truthful header (an answer, no error), the question once more, no record.
        line.sendto(question[:2] + b"\\x84\\x00" + question[4:6] + bytes(6) + question[12:], self.client_address)


socketserver.TCPServer.allow_reuse_address = True
server = socketserver.ThreadingUDPServer if kind == "dns" else socketserver.ThreadingTCPServer
server(("0.0.0.0", port), Datagram if kind == "dns" else Line).serve_forever()
'''
IMPOSTOR_FILE = {"/run/sabotage/impostor.py": IMPOSTOR}
DAMAGE = "python3 /run/sabotage/damage.py"
DAMAGE_FILE = {"/run/sabotage/damage.py": Path(__file__).parents[2].joinpath("damage.py").read_text()}
ACCOUNT_FILES = tuple(f"/etc/{name}{end}" for name in ("passwd", "shadow", "group", "gshadow") for end in ("", "-"))


def relay_for(rule: str) -> str:
    """The shell commands that give tcpserver this one rule."""
    return f"echo '{rule}' > /etc/tcp.smtp; tcprules /etc/tcp.smtp.cdb /etc/tcp.smtp.tmp < /etc/tcp.smtp"


def unread(path: str, edit: str, restart: str) -> str:
    """The shell commands by which a daemon reads an edited file, which then is put back behind its back."""
    return (
        f"cp -p {path} /run/sabotage/was; {edit}; touch /run/sabotage/mark; svc {restart} restart\n"
        # sshd says that it has read its file by its pid file, a little after the start.
        "for _ in $(seq 50); do find /run -maxdepth 1 -name '*.pid' -newer /run/sabotage/mark | grep -q . && break\n"
        "sleep 0.1; done\n"
        f"cat /run/sabotage/was > {path}"
    )


def reject(rule: str) -> tuple[str, str]:
    """The shell commands that put a packet rule in and take it out again."""
    return f"iptables -I {rule}", f"iptables -D {rule}"


# Programs that a user calls as he likes: in his home, and where everybody may write.
END_USERS_PROGRAMS = (
    "pkill -KILL -u fujita -f ' 98765$'; rm -rf /var/tmp/fujita; cd /home/fujita && rm -f apache2 named inetd cron"
)


def users_program(name: str) -> str:
    """Shell that starts a user's programs of that name, and goes on when they run."""
    places = (f"/home/fujita/{name}", f"/var/tmp/fujita/{name}")
    return "; ".join(
        f"install -D -o fujita -m 755 /bin/sleep {place}; su -s /bin/sh fujita -c 'setsid {place} 98765 < /dev/null > "
        f"/dev/null 2>&1 &'; for _ in $(seq 50); do pgrep -u fujita -f '^{place} 98765$' > /dev/null && break; "
        "sleep 0.1; done; "
        f"pgrep -u fujita -f '^{place} 98765$' > /dev/null"
        for place in places
    )
