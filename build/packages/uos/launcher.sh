#!/bin/sh
# State lies where the rules for applications have it, never in the home folder itself.
: "${KIOSK_HOME:=${XDG_DATA_HOME:-$HOME/.local/share}/@APPID@}"
export KIOSK_HOME
exec /opt/apps/@APPID@/files/program/kiosk "$@"
