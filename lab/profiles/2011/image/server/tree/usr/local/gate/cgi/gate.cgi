#!/usr/bin/perl
# In gate-toroku-system's place: registration of accounts by a form.
#   POST action=register|change|withdraw|show, login, name, password. Answers text/html, in words a check can look for.
# Settings come from /etc/gate/gate.conf, a Perl file of assignments.
use strict;
use warnings;
use CGI ();
use Digest::SHA qw(sha256_hex);
use Fcntl qw(:flock O_CREAT O_EXCL O_WRONLY);

our ($hostname, $fqdn, $mailfrom, $admin, $site_url, $userdb, $uid_min, $uid_max, @homehosts);
my $loaded = do '/etc/gate/gate.conf';

my $query = CGI->new;
my $action = $query->param('action') // '';
my %does = (register => \&register, change => \&change, withdraw => \&withdraw, show => \&show);

answer(500, 'gate.conf cannot be read') unless $loaded && $userdb;
form() if $query->request_method ne 'POST';
answer(400, 'unknown action') unless $does{$action};
my $login = $query->param('login') // '';
answer(400, 'login: 3 to 16 small letters and digits') unless $login =~ /\A[a-z][a-z0-9]{2,15}\z/;
$does{$action}->();

sub page {
    my ($status, $body) = @_;
    print $query->header(-status => $status, -type => 'text/html', -charset => 'UTF-8');
    my $host = CGI::escapeHTML($fqdn // 'unknown host');
    print "<!DOCTYPE html><html><head><title>gate</title></head><body><h1>gate on $host</h1>$body</body></html>\n";
    exit 0;
}

sub answer { my ($status, $text) = @_; page($status, '<p class="answer">' . CGI::escapeHTML($text) . '</p>') }

sub form {
    my $fields = join '', map { "<label>$_ <input name=\"$_\"></label>" } qw(login name);
    my $actions = join '', map { "<option>$_</option>" } sort keys %does;
    page(200, "<form method=\"post\" action=\"\"><select name=\"action\">$actions</select>$fields"
        . '<label>password <input type="password" name="password"></label><input type="submit"></form>');
}

sub file { return "$userdb/$login" }

sub entry {
    open my $in, '<:encoding(UTF-8)', file() or answer(404, "$login is not registered");
    chomp(my @lines = <$in>);
    return { map { split /=/, $_, 2 } @lines };
}

sub hashed { my ($salt, $password) = @_; return "$salt\$" . sha256_hex("$salt\$$password") }

sub authentic {
    my ($entry) = @_;
    my ($salt) = split /\$/, $entry->{password};
    answer(403, 'wrong password') unless hashed($salt, $query->param('password') // '') eq $entry->{password};
}

# The display name, without what would begin another line of the file.
sub given_name {
    my $name = $query->param('name') // '';
    utf8::decode($name);
    $name =~ s/[\x00-\x1f\x7f]+/ /g;
    answer(400, 'name: 1 to 80 characters') unless length $name >= 1 && length $name <= 80;
    return $name;
}

sub store {
    my ($entry, $path) = @_;
    open my $out, '>:encoding(UTF-8)', "$path.new" or answer(500, 'cannot write');
    print {$out} map { "$_=$entry->{$_}\n" } sort keys %$entry;
    close $out or answer(500, 'cannot write');
    rename "$path.new", $path or answer(500, 'cannot write');
}

sub locked { open my $lock, '>', "$userdb/.lock" or answer(500, 'cannot lock'); flock $lock, LOCK_EX; return $lock }

sub register {
    my $lock = locked();
    my $name = given_name();
    my $password = $query->param('password') // '';
    answer(400, 'password: at least 6 characters') if length $password < 6;
    answer(409, "$login is already registered") if -e file() || getpwnam $login;
    my $salt = sprintf '%08x', int rand 2**32;
    store({ login => $login, name => $name, password => hashed($salt, $password), state => 'pending', host => $hostname }, file());
    answer(200, "registered $login");
}

sub change {
    my $lock = locked();
    my $entry = entry();
    authentic($entry);
    $entry->{name} = given_name();
    store($entry, file());
    answer(200, "changed $login");
}

sub withdraw {
    my $lock = locked();
    authentic(entry());
    unlink file() or answer(500, 'cannot remove');
    answer(200, "withdrawn $login");
}

sub show {
    my $entry = entry();
    authentic($entry);
    binmode STDOUT, ':encoding(UTF-8)';
    my $rows = join '', map { "<tr><td>$_</td><td>" . CGI::escapeHTML($entry->{$_}) . '</td></tr>' } qw(login name state host);
    page(200, "<table class=\"answer\">$rows</table>");
}
