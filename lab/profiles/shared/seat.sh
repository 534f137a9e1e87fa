#!/bin/bash
# Lets this lab's operators in with the seat's key. Runs in the image with `bash -eu`. Environment: LAB_SEAT_KEY.
for operator in hayashi mori; do
    install -d -m 0700 -o "$operator" -g "$operator" "/home/$operator/.ssh"
    printf '%s\n' "$LAB_SEAT_KEY" > "/home/$operator/.ssh/authorized_keys"
    chown "$operator:$operator" "/home/$operator/.ssh/authorized_keys"
    chmod 0600 "/home/$operator/.ssh/authorized_keys"
done
