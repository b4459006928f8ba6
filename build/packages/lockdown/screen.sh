#!/bin/sh
# An X server with nothing on it. Only who can read the key may show or press anything there: the terminal's account.
set -eu
number=${KIOSK_DISPLAY:-7}
key=/run/kiosk-terminal/key
new="$key.new"
rm -f "$new"
xauth -q -f "$new" add ":$number" . "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
chown kiosk:kiosk "$new"
chmod 0400 "$new"
mv -f "$new" "$key"
# shellcheck disable=SC2086  # options are words; a technician adds some in /etc/default/kiosk-terminal
exec /usr/lib/xorg/Xorg ":$number" ${KIOSK_SCREEN_PLACE:-vt7 -keeptty} -auth "$key" -nolisten tcp -noreset -s 0 -dpms ${KIOSK_SCREEN_OPTIONS:-}
