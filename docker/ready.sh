#!/usr/bin/env bash
# Succeeds when the node of this container delivers messages. Needs nothing but bash. Arguments: port, path of the WAR.
set -u
exec 3<>"/dev/tcp/127.0.0.1/${1:-8080}" || exit 1
printf 'GET %s/health/ready HTTP/1.0\r\nHost: localhost\r\n\r\n' "${2:-}" >&3
read -r -t 3 _ status _ <&3
[ "$status" = 200 ]
