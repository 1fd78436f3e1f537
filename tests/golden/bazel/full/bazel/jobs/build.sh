# shellcheck shell=sh disable=SC2016,SC2034
# Generated from ci/pipeline.toml; do not edit, run: ci generate
# The job build of the stage build.
inputs='coverage-3.11-1 coverage-3.11-2 coverage-3.13-1 coverage-3.13-2'
artifacts=dist
patterns() {
    case "$1" in
    dist) echo 'dist/*.whl dist/*.tar.gz' ;;
    esac
}
run() {
export CI=true
export PIP_DISABLE_PIP_VERSION_CHECK=1
export GREETING='it'"'"'s $HOME, \d'
exec timeout -k 30 1200 /bin/sh -ec -- 'for command; do /bin/sh -ec -- "$command"; done' job \
  'python3 -m ci environment --python 3.13 .venv' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m pip install -r requirements.txt' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m build'
}
