# Allow root's key on the standby. Argument: the key.
cp -p /etc/ssh/sshd_config /etc/ssh/sshd_config.swap
sed -i '1i PermitRootLogin prohibit-password' /etc/ssh/sshd_config
mkdir -p -m 700 /root/.ssh; echo "$1" > /root/.ssh/authorized_keys; chmod 600 /root/.ssh/authorized_keys
sshd -t; service ssh restart > /dev/null
