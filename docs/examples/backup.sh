#!/bin/sh
# backup.sh FOLDER: copies the ledger and the settings, also while a campaign is being sent.
# Needs BULKSMS_HOME and the command line tool of SQLite, or Python.
set -eu
umask 077
folder=$1
home=${BULKSMS_HOME:?is not set}
copy=$folder/ledger-$(date +%Y%m%dT%H%M%S).sqlite3
mkdir -p "$folder"
# SQLite's own copy is of one instant; `cp` of a ledger in use may not be.
if command -v sqlite3 >/dev/null; then
    sqlite3 -readonly "$home/ledger.sqlite3" ".backup '$copy.part'"
else
    python3 - "$home/ledger.sqlite3" "$copy.part" <<'PYTHON'
import sqlite3
import sys

with sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True) as source:
    with sqlite3.connect(sys.argv[2]) as target:
        source.backup(target)
PYTHON
fi
mv "$copy.part" "$copy"
if [ -e "$home/settings.toml" ]; then cp -p "$home/settings.toml" "$folder/"; fi
# The newest 30 are kept.
ls -1 "$folder"/ledger-*.sqlite3 | sort -r | tail -n +31 | while read -r old; do rm -- "$old"; done
echo "$copy"
