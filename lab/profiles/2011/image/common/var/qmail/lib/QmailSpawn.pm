package QmailSpawn;
# What qmail-lspawn and qmail-rspawn have in common: asked for deliveries by qmail-send, they start one process for each and
# say how it ended. Asked: a byte that numbers the delivery, then NUMBER\0SENDER\0RECIPIENT\0. Answered: that byte, K, Z or D
# and what the delivery said, \0. When qmail-send is gone, deliveries under way are finished before they end too.
use strict;
use warnings;
use Exporter 'import';
use POSIX qw(:sys_wait_h);
use lib '/var/qmail/lib';
use QmailQueue qw(place);
our @EXPORT_OK = qw(serve);

my $MOST = 5000;    # bytes of a delivery's output

# serve(what it is called, code run in the child, with the message as standard input: exec, or exit)
sub serve {
    my ($name, $deliver) = @_;
    $SIG{$_} = 'IGNORE' for qw(PIPE HUP);
    my ($asked, $open, %running) = ('', 1);
    while ($open || %running) {
        my $read = '';
        vec($read, 0, 1) = 1 if $open;
        vec($read, fileno $_->{output}, 1) = 1 for values %running;
        select($read, undef, undef, undef) >= 0 or next;
        if ($open && vec $read, 0, 1) {
            my $got = sysread STDIN, $asked, 65536, length $asked;
            $open = 0 unless $got;
            while ($asked =~ s/\A(.)([^\0]*)\0([^\0]*)\0([^\0]*)\0//s) {
                $running{ord $1} = begin($name, $deliver, $2, $3, $4);
            }
        }
        for my $delivery (keys %running) {
            my $one = $running{$delivery};
            next unless vec $read, fileno $one->{output}, 1;
            next if sysread $one->{output}, $one->{said}, 4096, length $one->{said};
            waitpid $one->{pid}, 0;
            answer($delivery, verdict($name, $?, substr $one->{said}, 0, $MOST));
            delete $running{$delivery};
        }
    }
}

sub begin {
    my ($name, $deliver, @what) = @_;
    pipe my $output, my $end or die;
    my $pid = fork // die;
    if ($pid == 0) {
        close $output;
        open STDIN, '<', place('mess', $what[0]) or do { print $end "Unable to open the message.\n"; POSIX::_exit(111) };
        open STDOUT, '>&', $end or POSIX::_exit(111);
        open STDERR, '>&', $end or POSIX::_exit(111);
        $SIG{$_} = 'DEFAULT' for qw(PIPE HUP);
        $deliver->(@what[1, 2]);
        POSIX::_exit(111);
    }
    return { pid => $pid, output => $output, said => '' };
}

sub verdict {
    my ($name, $status, $said) = @_;
    $said =~ tr/\0//d;
    return "Zqmail-$name crashed.\n" if $status & 127;
    my $code = $status >> 8;
    return ($code == 0 ? 'K' : $code == 111 || $code == 71 || $code == 74 || $code == 75 ? 'Z' : 'D') . $said;
}

sub answer { syswrite STDOUT, chr($_[0]) . "$_[1]\0" }

1;
