"""What must not be quoted: whose text is not for everybody, and the secrets within a text that is.

Every quotation of a file goes through `quoted` or `differences.diff`, which ask whether everybody on the host may read
the file; every text that is shown or kept outside a secret store goes through `blanked`.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

BLANK = "[blanked]"
PRIVATE = "(not for everybody: its text is not shown)"

# By name, whatever their mode is: password files, keys, what programs keep passwords in. Their copies too.
_KINDS = (
    "shadow", "gshadow", "opasswd", "*.key", "*_key", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "*.pem", "*.p12",
    "*.pfx", "*.jks", "*.keytab", "*.kdbx", "*.gpg", "pop.auth*", "*htpasswd*", "*htdigest*", "my.cnf", ".my.cnf",
    "debian.cnf", ".pgpass", "pgpass*", ".netrc", "netrc", "*passwd.db", "*.secret*", "*secret", "secrets*", "*sasldb*",
    "*passwdfile", "chap-secrets", "pap-secrets", "*credentials*", ".env",
)  # fmt: skip
_COPY = re.compile(r"(?:[.-](?:\d{6,14}|bak|bk|old|orig|save|new|dpkg-\w+)|~|-)$")

# What a value stands behind. Every repetition is bounded: a user's process may have megabytes of arguments.
# Words of another meaning that begin or end alike do not count: secretary, tokenize, compass, bypass.
_STRONG = (
    r"(?:passw(?:or)?d|passphrase|passwort|pwd|secret(?!ar[iy])|token(?!i[sz])|credential|bindpw|rootpw|psk"
    r"|(?:api|access|private|auth|encryption|shared|signing|wep|wireless)[_-]?key)[\w.-]{0,40}"
)
_NO_SECRET = r"(?:en)?com|by|sur|tres|(?:over|under|fly)|(?:low|high|band|all)_?|(?:single|multi|two|one)_?"
# Too common in prose to count before a colon.
_WEAK = rf"(?<![A-Za-z0-9-])(?!(?:\w{{0,4}}_)?(?:{_NO_SECRET})pass\b)(?:\w{{0,8}}pass|key)"
# nsswitch.conf(5): where names are looked up, by the names of services alone.
_SERVICE = (
    r"(?:files|compat|db|dns|nis|nisplus|hesiod|ldap|sss|systemd|winbind|extrausers|cache|centrifydc|\[[!\w=]+\])"
)
_LOOKED_UP = re.compile(
    rf"^[ \t+-]*(?:passwd|shadow|gshadow)(?:_compat)?:(?:[ \t]+{_SERVICE})+[ \t]*(?:#|$)", re.MULTILINE
)
_QUOTED = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'"
_GAP = r"(?P<gap>[ \t]*)(?=\S)"
_KEYED = (
    re.compile(rf"{_STRONG}[\"']?\]?\}}?[ \t]{{0,20}}(?P<sign>=>|:=|=|:){_GAP}", re.IGNORECASE),
    re.compile(rf"{_WEAK}(?:[\"']?\]?\}}?[ \t]{{0,20}}(?P<sign>=>|:=|=)|[\"'][ \t]{{0,20}}:){_GAP}", re.IGNORECASE),
)
_OWN = re.compile(rf"{_QUOTED}|{re.escape(BLANK)}")
_WORD = re.compile(r"\S+")
_PATH = re.compile(r"/[^\s\"'=&]{0,200}\Z")
_BEFORE = re.compile(r"[\"'][\w.-]{0,40}\Z")  # a quotation mark, and the beginning of a key
_OTHERS = (
    # Arguments: --password VALUE; mysql's -pVALUE; curl's -u user:VALUE.
    re.compile(
        r"(?i)((?<!\S)--?[\w-]{0,40}?(?:passw(?:or)?d|passphrase|secret|token|pass|key|pw)\s+)(?![-[])"
        rf"(?:{_QUOTED}|\S+)"
    ),
    re.compile(r"((?:mysql\w*|mariadb\S*|sshpass)\b[^\n]{0,300}?\s-p\s?)(?!assword)\S+"),
    re.compile(r"(\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[ =]?[^\s:]*:)\S+"),
    # named.conf's `secret "VALUE";`.
    re.compile(rf"(?i)({_STRONG}[ \t]{{1,20}})\"[^\"\n]+\""),
    # Lines of two words: `bindpw VALUE`, `wpa-psk VALUE`, POP's `PASS VALUE`; .netrc's `password VALUE`.
    re.compile(
        r"(?im)^([ \t+-]*[\w.-]{0,40}?(?:bindpw|rootpw|passw(?:or)?d|passphrase|pass|psk|secret|token)[ \t]+)"
        r"(?!\[)[^\s;]+(?=[ \t]*;?[ \t]*$)"
    ),
    re.compile(r"(?i)(\blogin\s+\S+\s+password\s+)\S+"),
    # user:VALUE@host in an address; HTTP's credentials.
    re.compile(r"(://[^\s:/@]{0,200}:)[^\s/@]+(?=@)"),
    re.compile(r"(?i)(\b(?:basic|bearer|digest)\s+)[A-Za-z0-9+/=._~-]{8,}"),
    # Hashes as crypt(5) and LDAP (RFC 2307) write them.
    re.compile(r"()(?:\$(?:\d|2[abxy]?|y|gy|7|apr1|md5|sha1|argon2\w*|scrypt|pbkdf2[\w-]*)\$[^\s:,;'\"]+)"),
    re.compile(r"(\{(?:S?SHA\d*|S?MD5|CRYPT|PBKDF2[\w-]*)\})[A-Za-z0-9+/=$.]{8,}"),
    # As dovecot writes any of them, plain ones too: `user:{SCHEME}VALUE`.
    re.compile(r"(:\{[A-Z][A-Z0-9._-]{1,40}\})[^\s:]+"),
    re.compile(r"(-----BEGIN [A-Z ]*PRIVATE KEY-----)(?!\[)(?:(?!-----END)[\s\S])+"),
)  # fmt: skip


def is_secret_kind(path: str) -> bool:
    """Is that, by its name, a file whose contents are nobody's business, or a copy of one."""
    name = path.rpartition("/")[2]
    while name:
        if any(fnmatchcase(name.lower(), kind) for kind in _KINDS):
            return True
        shorter = _COPY.sub("", name)
        if shorter == name:
            return False
        name = shorter
    return False


def quoted(path: str, public: bool, text: str) -> str:
    """A piece of a file as it may be shown.

    Args:
        path: the file.
        public: may everybody on its host read it, by its own mode and by those of the folders above.
        text: what shall be quoted.
    """
    return blanked(text) if public and not is_secret_kind(path) else PRIVATE


def blanked(text: str) -> str:
    """`text` without the values behind password-like keys and options, without hashes of passwords and private keys.

    Too much is blanked rather than too little; what is blanked once stays as it is.
    """
    for keyed in _KEYED:
        text = _without_values(keyed, text)
    for pattern in _OTHERS:
        text = pattern.sub(rf"\g<1>{BLANK}", text)
    return text


def _without_values(keyed: re.Pattern[str], text: str) -> str:
    pieces, at = [], 0
    while found := keyed.search(text, at):
        pieces.append(text[at : found.end()])
        at = found.end()
        if not _is_spoken_of(text, found):
            pieces.append(BLANK)
            at = _end_of_value(text, found)
    return "".join([*pieces, text[at:]])


def _is_spoken_of(text: str, found: re.Match[str]) -> bool:
    """Is a key no key: a path, as in `/etc/passwd:12: …`, or a line of nsswitch.conf."""
    if found["sign"] != ":":
        return False
    begin = text.rfind("\n", 0, found.start()) + 1
    is_path = _PATH.search(text, max(0, found.start() - 200), found.start())
    return bool(is_path or _LOOKED_UP.match(text, begin))


def _end_of_value(text: str, found: re.Match[str]) -> int:
    """Where a value ends: at its own quotation mark, at the one before its key, at a blank, or with the line."""
    if own := _OWN.match(text, found.end()):
        return own.end()
    line = text.find("\n", found.end())
    line = len(text) if line < 0 else line
    mark = _BEFORE.search(text, max(0, found.start() - 42), found.start())
    if mark and mark[0][0] not in found[0]:
        end = text.find(mark[0][0], found.end(), min(line, found.end() + 1000))
        if end >= 0:
            return end
    if found["gap"]:  # set apart from its sign, as in a file of settings: it may hold blanks
        return line
    word = _WORD.match(text, found.end())
    return word.end() if word else line
