# shellcheck shell=bash
# A CA of the lab's, and certificates as certbot keeps them; to be sourced, behind accounts.sh.

# lab_ca FOLDER: root.pem, root.key, middle.pem, middle.key: a CA as public ones are. Its keys are the same on every
# machine, so that what one signs all others believe.
lab_ca() {
    local dir=$1
    install -d -m 0700 "$dir"
    shared_key lab-root "$dir/root.key"
    shared_key lab-middle "$dir/middle.key"
    openssl req -x509 -new -key "$dir/root.key" -days 3650 -subj "/O=Lab/CN=Lab Root X1" \
        -addext "basicConstraints=critical,CA:true" -addext "keyUsage=critical,keyCertSign,cRLSign" -out "$dir/root.pem"
    signed "$dir" root "$dir/middle.key" "/O=Lab/CN=E5" 3000 "$dir/middle.pem" <<'EXTENSIONS'
basicConstraints=critical,CA:true,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
EXTENSIONS
}

# signed FOLDER BY KEY SUBJECT DAYS CERTIFICATE: signs; the extensions come on standard input.
signed() {
    cat > "$1/extensions"
    openssl req -new -key "$3" -subj "$4" -out "$1/request"
    openssl x509 -req -in "$1/request" -CA "$1/$2.pem" -CAkey "$1/$2.key" -set_serial "0x$(openssl rand -hex 8)" \
        -days "$5" -extfile "$1/extensions" -out "$6" 2>/dev/null
}

# trust_lab: the host's own list of CAs has the lab's.
trust_lab() {
    lab_ca /run/lab-ca
    install -m 0644 /run/lab-ca/root.pem /usr/local/share/ca-certificates/lab-root.crt
    update-ca-certificates > /dev/null 2>&1
    rm -r /run/lab-ca
}

# certificate NUMBER NAME [NAME...]: a certificate as certbot keeps it, called by its first name, for all of the names.
# Whoever sources this says where certbot proves itself: webroot=FOLDER.
certificate() {
    local number=$1 name=$2 ca=/run/lab-ca top=/etc/letsencrypt part
    shift
    lab_ca $ca
    install -d -m 0755 $top $top/renewal $top/renewal-hooks/{pre,deploy,post}
    install -d -m 0700 $top/live $top/archive "$top/live/$name" "$top/archive/$name"
    local archive=$top/archive/$name
    (umask 077; openssl ecparam -name prime256v1 -genkey -noout -out "$archive/privkey$number.pem")
    signed $ca middle "$archive/privkey$number.pem" "/CN=$name" 825 "$archive/cert$number.pem" <<EXTENSIONS
basicConstraints=critical,CA:false
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=$(printf ',DNS:%s' "$@" | cut -c2-)
EXTENSIONS
    cp $ca/middle.pem "$archive/chain$number.pem"
    cat "$archive/cert$number.pem" $ca/middle.pem > "$archive/fullchain$number.pem"
    for part in cert chain fullchain privkey; do
        ln -sfn "../../archive/$name/$part$number.pem" "$top/live/$name/$part.pem"
    done
    printf 'This directory contains your keys and certificates.\n' > $top/live/README
    cat > "$top/renewal/$name.conf" <<RENEWAL
# renew_before_expiry = 30 days
version = 4.0.0
archive_dir = $archive
cert = $top/live/$name/cert.pem
privkey = $top/live/$name/privkey.pem
chain = $top/live/$name/chain.pem
fullchain = $top/live/$name/fullchain.pem

# Options used in the renewal process
[renewalparams]
account = 0123456789abcdef0123456789abcdef
authenticator = webroot
webroot_path = $webroot,
server = https://acme.example.net/directory
key_type = ecdsa
RENEWAL
    rm -r $ca
}

# acme_account HOST: what certbot knows itself by; it was set up there.
acme_account() {
    local folder=/etc/letsencrypt/accounts/acme.example.net/directory/0123456789abcdef0123456789abcdef
    (umask 077
    install -d -m 0700 /etc/letsencrypt/accounts /etc/letsencrypt/accounts/acme.example.net
    mkdir -p $folder
    printf '{"creation_host": "%s", "creation_dt": "2025-03-01T00:00:00Z"}\n' "$1" > $folder/meta.json
    printf '{"body": {}, "uri": "https://acme.example.net/acme/acct/1"}\n' > $folder/regr.json
    openssl ecparam -name prime256v1 -genkey -noout -out $folder/private_key.json)
}
