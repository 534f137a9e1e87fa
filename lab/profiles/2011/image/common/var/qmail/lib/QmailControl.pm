package QmailControl;
# Reads /var/qmail/control as qmail does: trailing blanks do not count, nor do empty and comment lines of a list.
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(control control_lines control_path temporary permanent);

our $HOME = $ENV{QMAILHOME} // '/var/qmail';

sub control_path { return "$HOME/control/$_[0]" }

# First line of a control file, or the default where the file is missing.
sub control {
    my ($name, $default) = @_;
    open my $file, '<', control_path($name) or return $default;
    my $line = <$file> // '';
    $line =~ s/\s+\z//;
    return $line;
}

# All entries of a control file; undef where the file is missing.
sub control_lines {
    my ($name) = @_;
    open my $file, '<', control_path($name) or return;
    my @lines = map { s/\s+\z//r } <$file>;
    return [grep { length && !/^#/ } @lines];
}

# qmail's exit codes: 111 try again later, 100 never.
sub temporary { print "$_[0] (#4.3.0)\n"; exit 111 }
sub permanent { print "$_[0]\n"; exit 100 }

1;
