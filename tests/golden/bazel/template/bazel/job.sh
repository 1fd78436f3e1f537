#!/bin/sh
# Generated from ci/pipeline.toml; do not edit, run: ci generate
# One job of the pipeline, as Bazel runs it: `job.sh JOB` as a test or by `bazel run`, `job.sh JOB FOLDER` as a genrule
# that puts what the job makes into FOLDER. What the job is stands in jobs/JOB.sh.
set -eu

here=$PWD
workspace=${BUILD_WORKSPACE_DIRECTORY:-$(dirname "$(readlink -f MODULE.bazel)")}
# What a job makes is an output of Bazel's; `bazel run` has none, and keeps it in the workspace.
made=${2:+$here/$2/bazel-artifacts}
made=${made:-${BUILD_WORKSPACE_DIRECTORY:+$workspace/var/bazel}}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
checkout=$work/checkout
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE RUNFILES_DIR JAVA_RUNFILES PYTHON_RUNFILES

# A job starts from a fresh checkout: of the files that git knows or would add, with a repository of its own.
if git -C "$workspace" rev-parse --quiet --verify HEAD >/dev/null 2>&1; then
    git clone --quiet --shared --no-checkout "$workspace" "$checkout" 2>/dev/null
    git -C "$checkout" read-tree HEAD
    git -C "$checkout" fetch --quiet "$workspace" '+refs/remotes/origin/*:refs/remotes/origin/*'
else
    mkdir "$checkout"
fi
sh "$workspace/bazel/files.sh" "$workspace" | tar --extract --directory "$checkout"

inputs='' reports='' junit='' artifacts=''
# shellcheck source=/dev/null
. "$checkout/bazel/jobs/$1.sh"
cd "$checkout"
for input in $inputs; do
    archive=$here/bazel-artifacts/$input.tar.gz
    [ -f "$archive" ] || archive=$made/$input.tar.gz
    tar -xzf "$archive"
done

# In the background, so that a signal reaches it at once. It leads a group of processes: none of them outlives it.
run &
job=$!
trap 'kill "$job"; wait "$job"; exit 143' TERM INT HUP
code=0
wait "$job" || code=$?
kill -- "-$job" 2>/dev/null || :

# Reports are kept whatever the verdict; one that is not there is an error.
kept=${TEST_UNDECLARED_OUTPUTS_DIR:-${made:+$made/$1}}
for report in $reports; do
    if [ ! -f "$report" ]; then
        echo "the report $report is not there" >&2
        [ "$code" -ne 0 ] || code=1
    elif [ -n "$kept" ]; then
        mkdir -p "$kept/$(dirname "$report")"
        cp "$report" "$kept/$report"
    fi
done
if [ -n "${XML_OUTPUT_FILE:-}" ] && [ -n "$junit" ] && [ -f "$junit" ]; then cp "$junit" "$XML_OUTPUT_FILE"; fi
[ "$code" -eq 0 ] || exit "$code"

for artifact in $artifacts; do
    # Patterns must reach pack.py as they are.
    set -f
    # shellcheck disable=SC2046
    python3 bazel/pack.py "$work/artifact.tar.gz" $(patterns "$artifact")
    set +f
    if [ -n "$made" ]; then
        mkdir -p "$made"
        cp "$work/artifact.tar.gz" "$made/$artifact.tar.gz"
    fi
done
