#!/bin/bash
# Who a machine is: its machine-id and its SSH host keys. A layer of its own, so that a machine stays the same one when
# its role is built anew. Runs in the image with `bash -eu`. Environment: LAB_NAME.
hostname "$LAB_NAME"
ssh-keygen -q -A
tr -d - < /proc/sys/kernel/random/uuid > /etc/machine-id
