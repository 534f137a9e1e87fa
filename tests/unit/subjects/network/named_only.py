"""What stanzas of interfaces(5) may say of the other host: 0.2 lets it through, so the gate must let it up."""

# Options of the interface's own stanza, or another's; {} is the other host's address.
NAMED_ONLY = (
    "dns-nameservers {}",
    "gateway {}",
    "pointopoint {}",
    "description beside {}",
    "up ip route add 10.8.0.0/24 via {}",
    "up ip -4 ro add 10.8.0.0/24 via {} dev eth0",
    "post-up iptables -A INPUT -s {} -j ACCEPT",
    "up route add -net 10.8.0.0/24 gw {}",
    "up ping -c 1 {} || true",
    "pre-down ip neigh del {} dev eth0",
    "up arp -s {} 52:54:00:00:00:01",
)
# Those that set it: 0.2 tells of them, and the gate holds them back.
SETTING = (
    "up ip addr add {}/24 dev eth0",
    "post-up ip a a {}/24 dev eth0",
    "up ip -4 addr replace {}/24 dev eth0",
    "pre-up /sbin/ifconfig eth0:1 {}",
    "up sleep 1; ip address add {} dev eth0 || true",
)
