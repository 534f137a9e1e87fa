"""interfaces(5), taken apart."""

from __future__ import annotations

import pytest

from irekae.host.editors.stanzas import stanzas

TEXT = b"""# comment \\
iface not0 inet dhcp
auto lo /eth*
iface lo inet loopback

iface eth0 inet \\
    static
  address 198.51.100.21/24
  # up nothing
  up ip route add default \\
     via 198.51.100.1
  up sleep 3
mapping eth1
  script /bin/x
  map 198.51.100.22
source-directory interfaces.d
"""


def test_stanzas_keep_their_words_lines_and_options() -> None:
    found = stanzas(TEXT, "/etc/network/interfaces")
    assert [(stanza.keyword, stanza.words) for stanza in found] == [
        ("iface", ("not0", "inet", "dhcp")),  # a comment does not go on in the next line
        ("auto", ("lo", "/eth*")),
        ("iface", ("lo", "inet", "loopback")),
        ("iface", ("eth0", "inet", "static")),
        ("mapping", ("eth1",)),
        ("source-directory", ("interfaces.d",)),
    ]
    eth0 = next(stanza for stanza in found if stanza.is_of("eth0"))
    assert eth0.place == "/etc/network/interfaces:6"
    assert [(option.name, option.value, option.line) for option in eth0.options] == [
        ("address", "198.51.100.21/24", 7),
        ("up", "ip route add default via 198.51.100.1", 9),
        ("up", "sleep 3", 11),
    ]


@pytest.mark.parametrize(
    ("line", "comes"),
    [
        ("auto eth0", True),
        ("auto lo eth0", True),
        ("allow-auto eth0", True),
        ("allow-hotplug /eth*", True),
        ("auto eth0:0", False),
        ("allow-ovs eth0", False),
        ("no-auto-down eth0", False),
        ("#auto eth0", False),
    ],
)
def test_what_brings_an_interface_up(line: str, comes: bool) -> None:
    assert any(stanza.brings_up("eth0") for stanza in stanzas(line.encode())) is comes


def test_an_empty_file_has_no_stanzas() -> None:
    assert stanzas(b"") == []
    assert stanzas(b"\n\n# nothing\n") == []
