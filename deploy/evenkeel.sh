#!/bin/sh
# `evenkeel` for root on a machine where the service is installed: as the service's user, with the service's settings.
# Install it as /usr/local/bin/evenkeel. Without the settings a command works on a database of its own in ./.data.
set -eu
folder=/etc/evenkeel
if [ ! -r "$folder/evenkeel.env" ]; then
    echo "$folder/evenkeel.env cannot be read: run this as root, on the machine where Evenkeel is installed" >&2
    exit 2
fi
set -a
. "$folder/evenkeel.env"
# The role that reads past row-level security is for these two alone.
case "${1:-}" in
backup | restore) if [ -r "$folder/backup.env" ]; then . "$folder/backup.env"; fi ;;
esac
set +a
: "${DATA:?is missing in $folder/evenkeel.env}"
# The driver of PostgreSQL looks for certificates below HOME. LOGNAME is who stands in the audit trail.
export HOME="$DATA" LOGNAME="${SUDO_USER:-${LOGNAME:-root}}"
exec setpriv --reuid=evenkeel --regid=evenkeel --init-groups --no-new-privs /opt/evenkeel/current/bin/evenkeel "$@"
