#!/bin/sh
# Make the hashed locks again from pyproject.toml and ci/pyproject.toml (CONTRIBUTING.md).
# Options go to uv: sh ci/lock.sh --upgrade
set -eu
cd "$(dirname "$0")/.."
PATH="$PATH:$PWD/.venv/bin"  # uv
export UV_CUSTOM_COMPILE_COMMAND="sh ci/lock.sh"
lock() {
    uv pip compile --quiet --generate-hashes --no-emit-index-url --universal --python-version 3.11 --no-annotate "$@"
}
lock pyproject.toml --output-file requirements.txt "$@"
lock pyproject.toml ci/pyproject.toml --group test --constraint requirements.txt \
    --output-file requirements-dev.txt "$@"
lock --group engines --constraint requirements-dev.txt --output-file requirements-engines.txt "$@"

# What new projects start with, beside the tool itself, whose hash nobody knows before it is packed: all of a project's
# packages (those of its tests stand in ci/projects/texts/pyproject.toml), and those of the tool alone.
sed -n 's/^    "\([a-z0-9-]*\)",$/\1/p' ci/projects/texts/pyproject.toml | grep -v pipeline-everywhere |
    lock pyproject.toml ci/pyproject.toml - --constraint requirements-dev.txt \
        --output-file ci/projects/texts/project-lock.txt "$@"
lock ci/pyproject.toml --constraint requirements-dev.txt --output-file ci/projects/texts/tool-lock.txt "$@"
