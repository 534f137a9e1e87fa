from __future__ import annotations

import pytest

from irekae.host.editors import EDITORS
from tests.unit.host.editors.pair import TO_IKA, edit


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("$h = 'tako-itpass.scitec.kobe-u.ac.jp';", "$h = 'ika-itpass.scitec.kobe-u.ac.jp';"),
        ('$h = "tako";', '$h = "ika";'),
        ("$h='tako';$g=\"tako\";", "$h='ika';$g=\"ika\";"),
        ("@h = ('tako', 'localhost');", "@h = ('ika', 'localhost');"),
        ("@h = qw(tako localhost);", "@h = qw(ika localhost);"),
        ("@h = qw/tako localhost/;", "@h = qw/ika localhost/;"),
        ("$h = q{tako};", "$h = q{ika};"),
        (
            "$u = 'https://tako-itpass.scitec.kobe-u.ac.jp/~tako/';",
            "$u = 'https://ika-itpass.scitec.kobe-u.ac.jp/~tako/';",
        ),
        ("$m = 'gate@tako-itpass.scitec.kobe-u.ac.jp';", "$m = 'gate@ika-itpass.scitec.kobe-u.ac.jp';"),
        ('$m = "gate\\@tako";', '$m = "gate\\@ika";'),
        ('$t = "first\\ntako\\n";', '$t = "first\\nika\\n";'),
        ("%h = (tako => '198.51.100.22');", "%h = (ika => '198.51.100.21');"),
        ("$h = 'it\\'s tako';", "$h = 'it\\'s ika';"),
        ("$n = $#tako; $h = 'tako';", "$n = $#tako; $h = 'ika';"),
        ("    'tako',", "    'ika',"),
        ("$h = 'Tako'; # tako", "$h = 'Ika'; # tako"),
        ("$c = '#'; $h = 'tako'; # tako's", "$c = '#'; $h = 'ika'; # tako's"),
        ("print <<E;\ntako\nE\n$h = 'tako';", "print <<E;\ntako\nE\n$h = 'ika';"),
        ("$t = 'a\n tako\n'; $g = 'tako';\n$h = 'tako';", "$t = 'a\n tako\n'; $g = 'tako';\n$h = 'ika';"),
        ("=pod\n\n'tako'\n\n=cut\n\n$h = 'tako';", "=pod\n\n'tako'\n\n=cut\n\n$h = 'ika';"),
    ],
)
def test_names_in_strings_become_the_new_ones(before: str, after: str) -> None:
    assert edit("perl", before) == after


@pytest.mark.parametrize(
    "before",
    [
        "$home = '/home/tako';",
        "$user = 'tako@example.org';",
        '$user = "tako\\@example.org";',
        "$file = 'tako.bak';",
        "$tako = 1; @tako = (); tako();",
        "# $h = 'tako';",
        "$h = 'ika tako';",
        "@h = ('ika', 'tako');",
        "$x =~ s/tako/ika'/;",
        "$h = 'takoyaki';",
        "1;\n__END__\n$h = 'tako';",
        "$t = 'never closed tako\n$h = 1;\n",
    ],
)
def test_what_is_not_certainly_a_host_name_is_left(before: str) -> None:
    assert edit("perl", before) == before


def test_what_was_left_is_listed_with_its_line() -> None:
    edited = EDITORS["perl"](b"$h = 'tako'; # tako here\n\n$d = '/home/tako';\n", TO_IKA)
    assert [(left.line, left.word) for left in edited.left] == [(1, "tako"), (3, "/home/tako")]
    assert edited.left[0].text == "$h = 'ika'; # tako here"


def test_a_quote_in_a_comment_opens_no_string() -> None:
    assert edit("perl", "# don't\n$h = 'tako';") == "# don't\n$h = 'ika';"


def test_dollar_quote_opens_no_string() -> None:
    assert edit("perl", "$x = $'; $h = 'tako';") == "$x = $'; $h = 'ika';"
