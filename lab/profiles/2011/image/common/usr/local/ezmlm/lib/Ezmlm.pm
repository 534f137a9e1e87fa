package Ezmlm;
# A list's folder as ezmlm-idx keeps it: settings in one-line files, subscribers in subscribers/HASH (Taddress\0).
use strict;
use warnings;
use Fcntl qw(:flock);
use Exporter 'import';
our @EXPORT_OK = qw(setting subscribers subscribe whole locked);

sub whole {
    my ($path) = @_;
    open my $file, '<', $path or return;
    local $/;
    return <$file> // '';
}

sub setting {
    my ($name) = @_;
    my $text = whole($name) // do { print "ezmlm: fatal: unable to read $name: $!\n"; exit 111 };
    return $text =~ s/\s+\z//r;
}

# Held until the process ends: one change of the list at a time.
our $LOCK;

sub locked {
    open $LOCK, '>>', 'lock' and flock $LOCK, LOCK_EX or do { print "ezmlm: fatal: unable to obtain lock: $!\n"; exit 111 };
}

sub subscribers { return map { (whole($_) // '') =~ /T([^\0]*)\0/g } sort glob 'subscribers/?' }

sub place_of {
    my $hash = 5381;
    $hash = (($hash + ($hash << 5)) ^ ord) & 0xffffffff for split //, "T$_[0]";
    return 'subscribers/' . chr(64 + $hash % 53);
}

# subscribe(address, whether it shall be one)
sub subscribe {
    my ($address, $wanted) = @_;
    $address = lc $address;
    my $place = place_of($address);
    my @there = grep { $_ ne $address } (whole($place) // '') =~ /T([^\0]*)\0/g;
    push @there, $address if $wanted;
    open my $file, '>', "$place.new" or die "$place: $!\n";
    print {$file} map { "T$_\0" } @there;
    close $file or die "$place: $!\n";
    rename "$place.new", $place or die "$place: $!\n";
}

1;
