# shellcheck shell=sh disable=SC2016,SC2034
# Generated from ci/pipeline.toml; do not edit, run: ci generate
# The job test (3.11) of the stage test.
reports=reports/junit.xml
junit=reports/junit.xml
run() {
export CI=true
exec timeout -k 30 900 /bin/sh -ec -- 'for command; do /bin/sh -ec -- "$command"; done' job \
  'python3 -m ci environment --python 3.11 .venv' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m ci setup' \
  'export PATH="$PWD/.venv/bin:$PATH"
python -m pytest -m '"'"'not engine'"'"' --ignore=tests/benchmarks -p no:benchmark \
    --numprocesses=2 --dist=loadfile --junitxml=reports/junit.xml'
}
