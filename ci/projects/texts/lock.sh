#!/bin/sh
# Make the hashed locks again from pyproject.toml. Options go to uv: sh ci/lock.sh --upgrade
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:$PWD/.venv/bin"  # uv
export UV_CUSTOM_COMPILE_COMMAND="sh ci/lock.sh"
lock() {
    uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-annotate "$@"
}
lock pyproject.toml --output-file requirements.txt "$@"
lock pyproject.toml --group dev@{find_links} --constraint requirements.txt --output-file requirements-dev.txt "$@"
