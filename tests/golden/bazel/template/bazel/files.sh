#!/bin/sh
# Generated from ci/pipeline.toml; do not edit, run: ci generate
# What a job starts from, as an archive on the output: of the project WORKSPACE the files that git knows or would add;
# without git all but what Bazel and runs leave. `files.sh WORKSPACE [OPTION OF TAR]...`
set -eu

cd "$1"
shift
if git rev-parse --quiet --verify HEAD >/dev/null 2>&1; then
    # A file that git knows and that was removed is no error.
    git ls-files -z --cached --others --exclude-standard | LC_ALL=C sort --zero-terminated --unique |
        tar --create --null --no-recursion --ignore-failed-read --files-from - "$@" 2>/dev/null || :
else
    tar --create --sort=name --exclude './.venv*' --exclude './bazel-*' --exclude ./var "$@" .
fi
