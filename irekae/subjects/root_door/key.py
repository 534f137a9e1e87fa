"""Will sshd let the copy's key in: by sshd's own word, and by a login with it (2.1), before 3.1 needs it."""

from collections.abc import Mapping, Sequence

from irekae.host.host import Host
from irekae.host.remote import Lost
from irekae.model.errors import SwapError
from irekae.model.items import find_item
from irekae.subjects.root_door import KEYS, sshd
from irekae.subjects.trees.copy_key import install_keys
from irekae.subjects.trees.rsync_command import ssh_to_standby
from irekae.swap.swap import Swap

# Values of PermitRootLogin with which a key that names its command gets in (sshd_config(5)).
LETS_IN = ("forced-commands-only", "prohibit-password", "without-password", "yes")
LOGIN = 30.0  # seconds
TYPE = "ssh-ed25519"

Settings = Mapping[str, Sequence[str]]


def refusals(settings: Settings) -> list[str]:
    """Why sshd would not let the copy's key in for root, PermitRootLogin apart.

    Args:
        settings: what `sshd -T` says of root from production's address.
    """
    return [why for look in (_lists, _method, _file, _command) for why in look(settings)]


def _values(settings: Settings, keyword: str) -> list[str]:
    return [word for value in settings.get(keyword, ()) for word in value.split()]


def _lists(settings: Settings) -> list[str]:
    """AllowUsers and its like. Patterns are told where they might not mean root: sshd itself judges them at a login."""
    found = []
    for keyword, name in (("allowusers", "AllowUsers"), ("allowgroups", "AllowGroups")):
        names = _values(settings, keyword)
        if names and not any(word.split("@")[0] == "root" or set(word) & set("*?@") for word in names):
            found.append(f"{name} {' '.join(names)}: root is not among them")
    for keyword, name in (("denyusers", "DenyUsers"), ("denygroups", "DenyGroups")):
        if "root" in _values(settings, keyword):
            found.append(f"{name} names root")
    return found


def _method(settings: Settings) -> list[str]:
    found = []
    if _values(settings, "pubkeyauthentication") == ["no"]:
        found.append("PubkeyAuthentication no")
    ways = _values(settings, "authenticationmethods")
    if ways and not {"any", "publickey"} & set(ways):
        found.append(f"AuthenticationMethods {' '.join(ways)}: a key alone is not enough")
    for keyword in ("pubkeyacceptedalgorithms", "pubkeyacceptedkeytypes"):
        kinds = ",".join(settings.get(keyword, ())).split(",")
        if kinds != [""] and TYPE not in kinds:
            found.append(f"{keyword} lacks {TYPE}, the copy's type of key")
    return found


def _file(settings: Settings) -> list[str]:
    files = _values(settings, "authorizedkeysfile")
    meant = {path.replace("%h", "/root").replace("%u", "root").replace("%%", "%") for path in files}
    if files and not {KEYS, KEYS.removeprefix("/root/")} & meant:
        return [f"AuthorizedKeysFile {' '.join(files)}: root's keys are not looked for in {KEYS}"]
    return []


def _command(settings: Settings) -> list[str]:
    found = []
    for keyword, name in (("forcecommand", "ForceCommand"), ("chrootdirectory", "ChrootDirectory")):
        value = " ".join(settings.get(keyword, ()))
        if value not in ("", "none"):
            found.append(f"{name} {value}: rsync would not run")
    return found


def want_admitted(host: Host, swap: Swap) -> None:
    """The copy's key must open the door that stands open now.

    Raises:
        SwapError: it does not, with sshd's settings that may be the reason.
    """
    if host.planned:
        return
    source = swap.inventory.other(host.name)
    settings = sshd.effective(host, source.address, source.fqdn)
    reasons, permit = refusals(settings), settings.get("permitrootlogin", ["?"])[0]
    if permit.lower() not in LETS_IN:
        blocks = [
            line.place
            for line in sshd.lines(host, swap.site.root_door.sshd_config)
            if line.keyword == "permitrootlogin"
        ]
        reasons.append(f"PermitRootLogin {permit} for root from {source.address}: see {', '.join(blocks)}")
    reasons = reasons or _login(host, swap)
    if reasons:
        raise SwapError(
            f"root's way in is open on {host.name}, but the copy's key would not be let in",
            "\n".join(reasons),
            f"bring sshd's settings right on {host.name}, then `fab -H {host.name} phase2`",
        )


def _login(host: Host, swap: Swap) -> list[str]:
    """Log in with the key from production; why that failed. It is let in for rsync alone: others fail there."""
    try:
        pair = swap if swap.bound else swap.for_pair(find_item("2.1"))
    except Lost as lost:
        host.warn(f"the copy's key was not tried: {lost.what}")
        return []
    install_keys(pair)
    # They differ in their folders alone: what lets one of them in lets in all.
    for tree in swap.site.all_trees[:1]:
        done = pair.production.look(*ssh_to_standby(pair, tree), "-o", f"ConnectTimeout={LOGIN / 3:.0f}",
                                    f"root@{host.entry.address}", "true", timeout=LOGIN)  # fmt: skip
        if done.status == 255:
            return _refused(host, pair, done.err)
    return []


def _refused(host: Host, pair: Swap, err: bytes) -> list[str]:
    said = err.decode("utf-8", "replace").strip()[-1000:]
    return [
        said or "ssh ended with status 255",
        f"in {KEYS} the key has from={pair.production.entry.address}: does {host.name} see {pair.production.name} so?",
    ]
