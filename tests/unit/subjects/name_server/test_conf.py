"""named.conf as its own tools write it: zones in any folder, in views, dynamic ones."""

from __future__ import annotations

from irekae.subjects.name_server.conf import Zone, zones_of

# `named-checkconf -p -x` of BIND 9.20 (Debian 13).
CONF = """key "move" {
	algorithm "hmac-sha256";
	secret "????????????????????????????????????????????";
};
options {
	directory "/var/cache/bind";
	allow-transfer  {
		"localhost";
		192.0.2.50/32;
	};
};
zone "Example.ORG" {
	type primary;
	file "/etc/bind/zones/db.example.org";
	allow-transfer {
		key "move";
	};
};
zone "plain.example" {
	type master;
	file "db.plain";
	allow-update {
		"none";
	};
};
zone "moving.example" {
	type primary;
	file "/var/lib/bind/db.moving";
	update-policy local;
};
zone "fetched.example" {
	type secondary;
	file "db.fetched";
	primaries {
		192.0.2.50;
	};
};
view "inside" {
	match-clients {
		192.0.2.0/24;
	};
	zone "example.net" {
		type primary;
		file "inside/db.example.net";
		allow-update {
			key "move";
		};
	};
};
view "outside" {
	zone "example.net" {
		type primary;
		file "outside/db.example.net";
	};
	zone "moving.example" {
		in-view "inside";
	};
};
zone "." {
	type hint;
	file "/usr/share/dns/root.hints";
};
"""


def test_zones_of_which_it_is_the_master_with_their_files_and_views() -> None:
    assert zones_of(CONF) == [
        Zone("example.org", "/etc/bind/zones/db.example.org"),
        Zone("plain.example", "/var/cache/bind/db.plain"),
        Zone("moving.example", "/var/lib/bind/db.moving", dynamic=True),
        Zone("example.net", "/var/cache/bind/inside/db.example.net", "inside", dynamic=True),
        Zone("example.net", "/var/cache/bind/outside/db.example.net", "outside"),
    ]


INHERITED = """options {
	allow-update {
		key "move";
	};
};
zone "moving.example" {
	type primary;
	file "/z/moving";
};
zone "plain.example" {
	type primary;
	file "/z/plain";
	allow-update {
		"none";
	};
};
view "inside" {
	allow-update {
		"none";
	};
	zone "plain.example" {
		type primary;
		file "/z/inside";
	};
	zone "moving.example" {
		type primary;
		file "/z/moving-inside";
		update-policy local;
	};
};
"""


def test_who_may_write_a_zone_is_inherited_from_its_view_and_the_options() -> None:
    assert {(zone.view, zone.name): zone.dynamic for zone in zones_of(INHERITED)} == {
        ("", "moving.example"): True,
        ("", "plain.example"): False,
        ("inside", "plain.example"): False,
        ("inside", "moving.example"): True,
    }


def test_rndc_is_told_of_a_zone_with_its_view() -> None:
    assert Zone("a.example", "/f").words == ("a.example",)
    assert Zone("a.example", "/f", "inside").words == ("a.example", "IN", "inside")


def test_nothing_that_stands_in_it_breaks_it() -> None:
    for text in (
        "",
        "};;{",
        'zone "x" { file "y"; };',
        'zone "x" { type primary; };',
        'zone { type primary; file "y"; };',
    ):
        assert zones_of(text) == []
