# shellcheck shell=sh disable=SC2016,SC2034
# Generated from ci/pipeline.toml; do not edit, run: ci generate
# The job lint of the stage verify.
reports=reports/flake8.txt
run() {
export CI=true
export PIP_DISABLE_PIP_VERSION_CHECK=1
export GREETING='it'"'"'s $HOME, \d'
export STAGE=verify
exec timeout -k 30 600 /bin/sh -ec -- 'for command; do /bin/sh -ec -- "$command"; done' job \
  'python3 -m ci environment --python 3.13 .venv' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m pip install -r requirements.txt' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m flake8 --format '"'"'it'"'"'"'"'"'"'"'"'s %(path)s'"'"'' \
  'export PATH="$PWD/.venv/bin:$PATH"
printf '"'"'a\tb
'"'"'
echo "done"'
}
