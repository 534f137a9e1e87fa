package QmailQueue;
# Where a message lies in qmail's queue (INTERNALS of qmail 1.03): NUMBER is the inode of its file below mess.
#   mess/SPLIT/NUMBER     the message
#   intd/NUMBER           its envelope, while qmail-queue writes it
#   todo/NUMBER           its envelope, complete: queued, not preprocessed
#   info/SPLIT/NUMBER     its sender; the file's time is that of its arrival
#   local/SPLIT/NUMBER    the recipients that were found local when it was preprocessed, done ones marked D
#   remote/SPLIT/NUMBER   the others
#   bounce/NUMBER         what failed for good, for the bounce to come
use strict;
use warnings;
use Exporter 'import';
our @EXPORT_OK = qw($QUEUE place numbers recipients sync pull_trigger inject);

our $QUEUE = '/var/qmail/queue';
our $SPLIT = 23;

sub place {
    my ($part, $number) = @_;
    return "$QUEUE/$part/" . ($part =~ /^(?:mess|info|local|remote)\z/ ? ($number % $SPLIT) . '/' : '') . $number;
}

# The numbers of all messages in a part, lowest first.
sub numbers {
    my ($part) = @_;
    my $depth = $part =~ /^(?:mess|info|local|remote)\z/ ? '*/' : '';
    return sort { $a <=> $b } map { m{/(\d+)\z} ? $1 : () } glob "$QUEUE/$part/$depth*";
}

# [place in the file, mark, address] of each recipient in a part's file; nothing where there is none.
sub recipients {
    my ($part, $number) = @_;
    open my $file, '<', place($part, $number) or return;
    my $text = do { local $/; <$file> } // '';
    my @found;
    while ($text =~ /\G([TD])([^\0]*)\0/g) { push @found, [$-[0], $1, $2] }
    return @found;
}

sub sync {
    my ($file) = @_;
    require IO::Handle;
    return $file->flush && $file->sync;
}

# Non-blocking: a pipe that is full wakes qmail-send anyhow, and one that nobody reads means that it does not run.
sub pull_trigger {
    if (sysopen my $trigger, "$QUEUE/lock/trigger", 1 | 04000) { syswrite $trigger, "\0" }
}

# Hands a message to qmail-queue; its exit status.
sub inject {
    my ($message, $sender, @recipients) = @_;
    pipe my $body, my $body_end or return 51;
    pipe my $envelope, my $envelope_end or return 51;
    my $pid = fork // return 51;
    if ($pid == 0) {
        close $_ for $body_end, $envelope_end;
        open STDIN, '<&', $body or exit 54;
        open STDOUT, '>&', $envelope or exit 54;
        exec $ENV{QMAILQUEUE} // '/var/qmail/bin/qmail-queue';
        exit 120;
    }
    close $_ for $body, $envelope;
    local $SIG{PIPE} = 'IGNORE';
    print {$body_end} $message;
    close $body_end;
    print {$envelope_end} "F$sender\0", (map { "T$_\0" } @recipients), "\0";
    close $envelope_end;
    waitpid $pid, 0;
    return $? & 127 ? 81 : $? >> 8;
}

1;
