# shellcheck shell=sh disable=SC2016,SC2034
# Generated from ci/pipeline.toml; do not edit, run: ci generate
# The job test (3.11, 2) of the stage verify.
reports='reports/junit.xml reports/benchmark.json'
junit=reports/junit.xml
artifacts=coverage-3.11-2
patterns() {
    case "$1" in
    coverage-3.11-2) echo 'coverage/*.xml coverage/html/**' ;;
    esac
}
run() {
export CI=true
export PIP_DISABLE_PIP_VERSION_CHECK=1
export GREETING='it'"'"'s $HOME, \d'
export STAGE=test
export MATRIX_SHARD=2
exec timeout -k 30 90 /bin/sh -ec -- 'for command; do /bin/sh -ec -- "$command"; done' job \
  'python3 -m ci environment --python 3.11 .venv' \
  'export PATH="$PWD/.venv/bin:$PATH"
attempt=0; until /bin/sh -ec -- '"'"'python -m pytest --shard "$MATRIX_SHARD" --junitxml=reports/junit.xml'"'"'; do
code=$?; attempt=$((attempt+1)); [ "$attempt" -le 2 ] || exit "$code"
done'
}
