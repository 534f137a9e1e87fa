$TTL 300
@	IN	SOA	ns.example.org. hostmaster.example.org. ( 2026112601 3600 900 604800 60 )
	IN	NS	ns.example.org.
	IN	MX	10 mail.example.org.
	IN	TXT	"v=spf1 mx -all"
files	IN	A	192.0.2.10
	IN	AAAA	2001:db8:5::10
