# shellcheck shell=sh disable=SC2016,SC2034
# Generated from ci/pipeline.toml; do not edit, run: ci generate
# The job deploy of the stage deploy.
inputs=dist
run() {
export CI=true
export CI_ENVIRONMENT=production
exec timeout -k 30 900 /bin/sh -ec -- 'for command; do /bin/sh -ec -- "$command"; done' job \
  'python3 -m ci environment --python 3.13 .venv' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m ci setup' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m ci deploy'
}
