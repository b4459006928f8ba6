#!/bin/sh
# The program, as the terminal's own account on its own state.
if [ "$(id -u)" = 0 ]; then
    exec runuser -u kiosk -- env KIOSK_HOME=/var/lib/kiosk/home /opt/kiosk-terminal/kiosk "$@"
fi
echo "kiosk-terminal: only root may look after the terminal (try sudo)" >&2
exit 77
