# shellcheck shell=sh disable=SC2016,SC2034
# Generated from ci/pipeline.toml; do not edit, run: ci generate
# The job build of the stage build.
artifacts=dist
patterns() {
    case "$1" in
    dist) echo 'dist/*' ;;
    esac
}
run() {
export CI=true
exec timeout -k 30 900 /bin/sh -ec -- 'for command; do /bin/sh -ec -- "$command"; done' job \
  'python3 -m ci environment --python 3.13 .venv' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m ci setup' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m ci build --stage build app gunicorn.conf.py requirements.txt Procfile Dockerfile .dockerignore'
}
