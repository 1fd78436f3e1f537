# shellcheck shell=sh disable=SC2016,SC2034
# Generated from ci/pipeline.toml; do not edit, run: ci generate
# The job lint of the stage lint.
reports=reports/flake8.txt
run() {
export CI=true
exec timeout -k 30 600 /bin/sh -ec -- 'for command; do /bin/sh -ec -- "$command"; done' job \
  'python3 -m ci environment --python 3.13 .venv' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m ci setup' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m flake8 --tee --output-file=reports/flake8.txt app ci tests gunicorn.conf.py' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m mypy' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m ci generate --check'
}
