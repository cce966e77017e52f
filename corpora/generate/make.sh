#!/bin/sh
# Writes every document of corpora/ and tests/fixtures/extract/ anew, byte for byte.
#
# usage: corpora/generate/make.sh [VENV]
# Needs Debian packages: python3-venv fonts-wqy-zenhei fonts-wqy-microhei
# fonts-arphic-uming fonts-arphic-ukai fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0
# libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/vetmark-corpora}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet -r "$here/requirements.txt"
SOURCE_DATE_EPOCH=1767225600 PYTHONHASHSEED=0 LC_ALL=C.UTF-8 TZ=UTC \
    PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" "$here/all.py"
