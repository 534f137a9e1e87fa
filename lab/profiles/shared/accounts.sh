# shellcheck shell=bash
# Accounts, mailboxes and keys: functions of the provision scripts of every profile; to be sourced.

# work_account NAME UID COMMENT: an account of the builders or of a service (30000 to 59999).
work_account() {
    groupadd -g "$2" "$1"
    useradd -m -u "$2" -g "$1" -s /bin/bash -c "$3" "$1"
}

# maildir USER: an empty mailbox.
maildir() {
    local home folder
    home=$(getent passwd "$1" | cut -d: -f6)
    for folder in "" /tmp /new /cur; do
        install -d -m 0700 -o "$1" -g "$(id -gn "$1")" "$home/Maildir$folder"
    done
}

# shared_key WHAT FILE: a private key that several machines must agree on (a and dennou's backup), without keeping one in
# the source: an EC key whose secret number is made of the image's own password.
shared_key() {
    umask 077
    python3 - "$1" > "$2.der" <<'PYTHON'
import hashlib, os, sys
number = hashlib.sha256(f"{sys.argv[1]}:{os.environ['LAB_SUDO_PASSWORD']}".encode()).digest()
# ECPrivateKey (RFC 5915): version 1, the number, the curve prime256v1
body = bytes.fromhex("0201010420") + number + bytes.fromhex("a00a06082a8648ce3d030107")
sys.stdout.buffer.write(bytes([0x30, len(body)]) + body)
PYTHON
    openssl ec -inform DER -in "$2.der" -out "$2" 2>/dev/null
    rm "$2.der"
    ssh-keygen -y -f "$2" > "$2.pub"
    sed -i "s/\$/ $1/" "$2.pub"
    chmod 0644 "$2.pub"
    umask 022
}

# authorize USER OPTIONS PUBLIC_KEY_FILE: lets the key in to the account.
authorize() {
    local home group
    home=$(getent passwd "$1" | cut -d: -f6)
    group=$(id -gn "$1")
    install -d -m 0700 -o "$1" -g "$group" "$home/.ssh"
    printf '%s %s\n' "$2" "$(cat "$3")" | sed 's/^ //' >> "$home/.ssh/authorized_keys"
    chown "$1:$group" "$home/.ssh/authorized_keys"
    chmod 0600 "$home/.ssh/authorized_keys"
}

# users_of FILE WORD: the users of a table (name, uid, gid on a, gid on b, `both` or `none` for b, comment), without homes;
# a user's password is NAME-WORD.
users_of() {
    local user uid gid gid_a gid_b on_b comment
    while IFS=$'\t' read -r user uid gid_a gid_b on_b comment; do
        [ "${user#\#}" = "$user" ] || continue
        gid=$gid_a
        if [ "$LAB_MACHINE" = b ]; then
            [ "$on_b" != none ] || continue
            gid=$gid_b
        fi
        groupadd -g "$gid" "$user"
        useradd -M -u "$uid" -g "$user" -d "/home/$user" -s /bin/bash -c "$comment" "$user"
        # One password each, known to nobody but the lab; the salt makes it the same hash on both machines.
        usermod -p "$(openssl passwd -6 -salt "$user" "$user-$2")" "$user"
    done < "$1"
}
