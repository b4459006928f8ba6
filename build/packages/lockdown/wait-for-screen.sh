#!/bin/sh
# The X server takes connections as soon as its socket is there; systemd bounds the waiting (TimeoutStartSec).
until [ -S "/tmp/.X11-unix/X${DISPLAY#:}" ] && [ -r /run/kiosk-terminal/key ]; do sleep 0.1; done
