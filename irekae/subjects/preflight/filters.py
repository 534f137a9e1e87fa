"""Packet filters that admit by the host's own address: after the exchange, and at each boot, they would let nobody in.

Loaded rules alone are looked at. What names others (fail2ban's, Docker's) does not matter here.
"""

import re
from collections.abc import Iterable

from irekae.host.host import Host
from irekae.subjects.preflight.obstacle import Obstacle, each_host
from irekae.swap.swap import Swap

# Only what names one of the pair: a set of bans may have a hundred thousand elements.
_SAVES = (("nft", "list", "ruleset"), ("iptables-save",), ("ip6tables-save",))
_LOOK = b'named=$1; shift; command -v "$1" >/dev/null && "$@" 2>/dev/null | grep -iF "$named"'  # no message: bytes
_COUNTED = re.compile(r"(\bcounter packets \d+ bytes \d+ ?)|^\[\d+:\d+\] |\s+# handle \d+$")
_SAID = re.compile(r'"[^"]*"')  # comments, and names of interfaces
_TO = r"(?:\bdaddr|(?:^|\s)-d)\s"  # of nft, of iptables-save
_ENDS = re.compile(r"\b(?:drop|reject)\b", re.IGNORECASE)
_ADMITS = re.compile(
    r"\b(?:accept|jump|goto|return|dnat|redirect)\b"
    r"|\s-[jg] (?!(?:DROP|REJECT|LOG|NFLOG|MARK|CONNMARK|TRACE|CT|NOTRACK|TCPMSS|SNAT|MASQUERADE|SET)\b)\S"
)
REMEDY = "let the rule name both addresses of the pair, or none, and load it"


@each_host
def by_address(host: Host, swap: Swap) -> Iterable[Obstacle]:
    """Loaded rules that let in what is for one of the host's addresses, and not what is for the other host's."""
    other = swap.inventory.other(host.entry.name)
    for own, theirs in zip(host.entry.addresses, other.addresses, strict=True):
        found = _rules(host, f"{own}\n{theirs}")
        if ours := [rule for rule in found if _is_ours_alone(rule, own, theirs, found)]:
            more = f", and {len(ours) - 1} more" if len(ours) > 1 else ""
            yield Obstacle(f"the packet filter goes by {own}: {ours[0][:160]}{more}", REMEDY)


def _rules(host: Host, addresses: str) -> list[str]:
    """The loaded rules that name one of the addresses, without what they have counted."""
    looks = host.look_at_all([("sh", "-c", _LOOK.decode(), "sh", addresses, *save) for save in _SAVES])
    lines = [line for found in looks for line in found.text.splitlines()]
    return list(dict.fromkeys(_COUNTED.sub("", line.strip()).strip() for line in lines))


def _is_ours_alone(rule: str, own: str, theirs: str, others: Iterable[str]) -> bool:
    """Does a rule admit by the own address alone: it does not name the other, and no rule says the same of that."""
    plain = _SAID.sub("", rule)
    if _word(theirs).search(plain) or not re.search(_TO, plain) or not _word(own).search(plain):
        return False
    if re.search(rf"\bdaddr != (?:\{{[^}}]*)?{re.escape(own)}|! -d {re.escape(own)}", plain):
        decides = _ENDS.search(plain)  # all but what is for the own address
    else:
        decides = _ADMITS.search(plain)
    return bool(decides) and _word(own).sub(theirs, rule) not in {_word(theirs).sub(theirs, one) for one in others}


def _word(address: str) -> "re.Pattern[str]":
    """An address by itself: no network, no range."""
    return re.compile(rf"(?<![\w.:-]){re.escape(address)}(?:/32|/128)?(?![\w./:-])")
