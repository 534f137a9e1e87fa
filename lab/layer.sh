#!/bin/sh -eu
# Makes one layer of a lab host: what the steps change over the layers below is left in UPPER.
#
#   layer.sh LOWERDIRS UPPER WORK ROOT IMAGES STEP...
#
# What is in the folders IMAGES (separated by colons) lies together at /lab meanwhile.
# A STEP is tree:DIR (lay a tree of /lab over the system, owned by root), keep:DIR (lay a tree from anywhere, owners
# and modes kept) or run:SCRIPT [ARGUMENT...] (a script of /lab, run inside; arguments by blanks).
# To be started in mount, process and network namespaces of its own: whatever happens, the mounts go with them.
lower=$1 upper=$2 work=$3 root=$4 images=$5
shift 5
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work,redirect_dir=on" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 0666 "$root/dev/${node%:*}" c 1 "${node#*:}"
done
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir "$root/lab"
mount -t tmpfs -o mode=755 tmpfs "$root/lab"
(IFS=:; for image in $images; do cp -R "$image/." "$root/lab"; done)
mount -o remount,ro "$root/lab"
# Maintainer scripts and invoke-rc.d must not start daemons while the image is made.
printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
chmod 0755 "$root/usr/sbin/policy-rc.d"

for step in "$@"; do
    what=${step#*:}
    echo "== $step"
    case $step in
    tree:*) tar -C "$root/lab/$what" --owner=0 --group=0 --mode=u=rwX,go=rX -cf - . | tar -C "$root" --no-overwrite-dir -xpf - ;;
    # Folders too: owner and mode of those that the system has already; but for its root, which the tree's top stands for.
    keep:*) (cd "$what" && find . -mindepth 1 -maxdepth 1 -printf '%P\0') | tar -C "$what" --null --verbatim-files-from -T - --xattrs --acls -cf - . | tar -C "$root" --xattrs --acls --numeric-owner --overwrite-dir -xpf - ;;
    # shellcheck disable=SC2086 # arguments are separated by blanks
    run:*) chroot "$root" /bin/bash -eu /lab/$what ;;
    *) echo "unknown step: $step" >&2; exit 2 ;;
    esac
done

rm -f "$root/usr/sbin/policy-rc.d"
umount "$root/lab" && rmdir "$root/lab"
umount "$root/tmp" "$root/run" "$root/dev" "$root/proc" "$root"
