#!/bin/bash
# The scenes of systemd-*.txt: `bash scenes-systemd.sh > systemd-VERSION.txt`, as root on a Debian made for it, with
# systemd, ssh, cron and rpcbind.
. "$(dirname "$0")/record.sh"
U=/etc/systemd/system
unit() { printf "$2" >"$U/$1"; }
quietly() { "$@" >/dev/null 2>&1; }
DAEMON='[Service]\nExecStart=/bin/sleep infinity\n'
WANTED='[Install]\nWantedBy=multi-user.target\n'

printf '# Debian %s, systemd %s, recorded with scenes-systemd.sh in a container.\n' "$(cat /etc/debian_version)" \
    "$(systemctl --version | sed -n '1s/.*(\(.*\))/\1/p')"

unit web.service "$DAEMON$WANTED"
quietly systemctl enable --now web
scene 'runs and starts at boot' web sleep 'running=yes at_boot=yes known=yes'
quietly systemctl stop web
scene 'stopped for now' web sleep 'running=no at_boot=yes known=yes'
quietly systemctl disable web
scene 'stopped and disabled' web sleep 'running=no at_boot=no known=yes'
quietly systemctl start web
scene 'runs, but not after the next boot' web sleep 'running=yes at_boot=no known=yes'
quietly systemctl enable --runtime web
scene 'enabled until the next boot' web sleep 'running=yes at_boot=no known=yes'
quietly systemctl disable --runtime web
unit web2.service "$DAEMON$WANTED"
quietly systemctl mask --runtime cron
scene 'masked until the next boot' cron cron 'running=yes at_boot=? known=yes'
quietly systemctl unmask --runtime cron
quietly systemctl mask cron
scene 'masked' cron cron 'running=yes at_boot=no known=yes'
quietly systemctl unmask cron

unit 'inst@.service' "$DAEMON$WANTED"
quietly systemctl enable --now inst@17-main
scene 'an instance of a template' inst@17-main sleep 'running=yes at_boot=yes known=yes'
scene 'another instance of it' inst@18-main sleep 'running=no at_boot=no known=yes'
unit 'srv-a\x2db.service' "$DAEMON$WANTED"
quietly systemctl enable --now 'srv-a\x2db'
scene 'a name with an escape' 'srv-a\x2db' sleep 'running=yes at_boot=yes known=yes'

cat >/etc/init.d/old <<'S'
#!/bin/sh
### BEGIN INIT INFO
# Provides:          old
# Required-Start:    $remote_fs
# Required-Stop:     $remote_fs
# Default-Start:     2 3 4 5
# Default-Stop:      0 1 6
# Short-Description: An old script
### END INIT INFO
case "$1" in start) nohup sleep 100000 >/dev/null 2>&1 & ;; stop) pkill -x sleep ;; esac
S
chmod 755 /etc/init.d/old
quietly update-rc.d old defaults
quietly systemctl daemon-reload
quietly systemctl start old
scene 'a wrapped init script that runs and starts at boot' old sleep 'running=yes at_boot=yes known=yes'
quietly systemctl stop old
quietly systemctl disable old
scene 'a wrapped init script, stopped and disabled' old sleep 'running=no at_boot=no known=yes'
quietly update-rc.d old enable
quietly systemctl mask old
scene 'masked, with start links left over' old sleep 'running=no at_boot=no known=yes'

scene 'an alias made by the unit itself' sshd sshd 'running=yes at_boot=yes known=yes'
quietly systemctl disable ssh
scene 'such an alias goes away when it is disabled' sshd sshd 'running=no at_boot=no known=no'
scene "the unit's own name stays" ssh sshd 'running=yes at_boot=no known=yes'
quietly systemctl enable ssh
quietly systemctl enable --now web2
ln -s web2.service "$U/shop2.service"
quietly systemctl daemon-reload
scene 'an alias of a unit that runs and starts at boot' shop2 sleep 'running=yes at_boot=yes known=yes'

scene 'no such service' nosuch nosuch 'running=no at_boot=no known=no'
scene 'wanted by what every boot starts' systemd-logind systemd-logind 'running=yes at_boot=yes known=yes'
unit fixed.service "$DAEMON"
quietly systemctl daemon-reload
scene 'wanted by nobody' fixed sleep 'running=no at_boot=no known=yes'
unit parent.service "$DAEMON[Unit]\nWants=fixed.service\n$WANTED"
quietly systemctl enable --now parent
scene 'started by a unit that starts at boot' fixed sleep 'running=yes at_boot=yes known=yes'
quietly systemctl disable parent
scene 'started by a unit that does not start at boot' fixed sleep 'running=yes at_boot=no known=yes'

unit call.service "$DAEMON"
unit call.socket '[Socket]\nListenStream=/run/call\n[Install]\nWantedBy=sockets.target\n'
quietly systemctl enable --now call.socket
scene 'a service that only its socket starts' call sleep 'running=yes at_boot=yes known=yes'
scene 'a socket that listens' call.socket '' 'running=yes at_boot=yes known=yes'
quietly systemctl stop call.socket
scene 'its socket was stopped for now' call sleep 'running=no at_boot=yes known=yes'
scene 'a socket that was stopped for now' call.socket '' 'running=no at_boot=yes known=yes'
quietly systemctl disable call.socket
scene 'its socket was disabled' call sleep 'running=no at_boot=no known=yes'
scene 'a service and its socket' rpcbind rpcbind 'running=yes at_boot=yes known=yes'
quietly systemctl stop rpcbind.service
scene 'stopped, but its socket starts it again' rpcbind rpcbind 'running=yes at_boot=yes known=yes'

unit job.service '[Service]\nType=oneshot\nExecStart=/bin/true\n'
unit job.timer '[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n'
quietly systemctl enable --now job.timer
scene 'a timer that is armed' job.timer '' 'running=yes at_boot=yes known=yes'
scene 'a job of a timer' job true 'running=yes at_boot=yes known=yes'
unit once.timer '[Timer]\nOnActiveSec=1us\nAccuracySec=1us\nUnit=job.service\n[Install]\nWantedBy=timers.target\n'
quietly systemctl enable --now once.timer
sleep 1
scene 'a timer that will not elapse again' once.timer '' 'running=no at_boot=yes known=yes'
quietly systemctl disable --now job.timer once.timer
scene 'a timer that was disabled' job.timer '' 'running=no at_boot=no known=yes'

mkdir -p /etc/systemd/system-generators
cat >/etc/systemd/system-generators/maker <<'S'
#!/bin/sh
mkdir -p "$1/cluster.service.wants"
ln -sf /etc/systemd/system/inst@.service "$1/cluster.service.wants/inst@made.service"
S
chmod 755 /etc/systemd/system-generators/maker
unit cluster.service "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n$WANTED"
quietly systemctl daemon-reload
quietly systemctl enable --now cluster
scene 'an instance that a generator makes anew at each boot' inst@made sleep 'running=yes at_boot=yes known=yes'
quietly systemctl disable cluster
scene 'such an instance, and what wants it is off' inst@made sleep 'running=yes at_boot=no known=yes'

unit broken.service "[Service]\nExecStart=/bin/false\n$WANTED"
quietly systemctl enable --now broken
sleep 1
scene 'failed, but starts at boot' broken false 'running=no at_boot=yes known=yes'
unit slow.service '[Service]\nType=notify\nExecStart=/bin/sleep 100\n'
quietly systemctl start --no-block slow
scene 'still starting' slow sleep 'running=? at_boot=no known=yes'
mkdir -p /opt/linked
printf "$DAEMON$WANTED" >/opt/linked/linked.service
quietly systemctl link /opt/linked/linked.service
scene 'linked, not enabled' linked sleep 'running=no at_boot=no known=yes'
