#!/bin/sh
# Everything: examples/quickstart.sh, then the linter and all tests. Exits with 0 only if all went well.
#
#     sh Tests/run.sh
set -eu
cd "$(dirname "$0")/.."

say() { printf '==> %s\n' "$*"; }

# What the tests use beside what the program needs. Debian's python3 makes no environments without
# python3-venv; other Pythons do. Of nginx they start their own, and of Prometheus they use promtool; where systemd
# runs, their packages also start one each on ports 80 and 9090, which `systemctl disable --now nginx prometheus`
# ends. chromium-driver leads Chromium through the dashboard.
packages='curl jq openssl chromium-driver'
[ -x /usr/sbin/nginx ] || packages="$packages nginx-light"
command -v valgrind >/dev/null || packages="$packages valgrind"
command -v promtool >/dev/null || packages="$packages prometheus"
python3 -c 'import ensurepip, venv' 2>/dev/null || packages="$packages python3-venv"
# shellcheck disable=SC2086 # a list of words
sh examples/quickstart.sh $packages

# The stock clients of both ends: the tests run them against taskhook.
venv=$PWD/.build/test-python
if ! "$venv/bin/python" -c 'import runwayml, standardwebhooks, openai, cloudevents.core, cryptography, botocore, moto.server, selenium, schemathesis' \
  2>/dev/null; then
  say 'installing clients, verifiers, an S3, a browser driver and a fuzzer of others from PyPI into .build/test-python'
  python3 -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    'runwayml>=5.24,<6' 'standardwebhooks>=1.1,<2' 'openai>=3.54,<4' 'cloudevents>=2.2,<3' 'cryptography>=50' \
    'botocore>=1.44,<2' 'moto[server]>=5.1,<6' 'selenium>=4.51,<5' 'schemathesis>=4.32,<5'
fi
export TASKHOOK_TEST_PYTHON="$venv/bin/python"

say 'linting'
swift format lint --strict --recursive Sources Tests Package.swift

say 'counting the instructions of a poll'
swift build -c release --product taskhook-bench
bench=$(swift build -c release --show-bin-path)/taskhook-bench
"$bench" instructions
# And were there more of them than recorded, it would be told.
sed 's/^\([a-z][a-z]*\) .*/\1 1/' Tests/Benchmarks/instructions.txt >.build/too-few-instructions.txt
if "$bench" instructions --against .build/too-few-instructions.txt >/dev/null 2>&1; then
  say 'the instructions of a poll could grow without notice'
  exit 1
fi

say 'building the tests'
swift build --build-tests

# First the parts, then the whole program as a person would run it: the latter has processes, signals and waits,
# and no other tests beside it. A run that hangs is ended.
# The parts go in three: all at once they would wait for each other for minutes on a small machine.
servers='HTTPTests|HooksTests|OutputsTests|SimulatorTests'
say 'testing the parts that have servers and programs at their other end'
timeout --kill-after=30 1500 swift test --skip-build --filter "$servers"

say 'testing the other parts'
timeout --kill-after=30 1500 swift test --skip-build --skip "$servers|BenchTests|AcceptanceTests|ExamplesTests"

# Simulations, which would keep both cores from the others.
say 'testing the measurements'
timeout --kill-after=30 1500 swift test --skip-build --filter BenchTests

say 'testing the program'
timeout --kill-after=30 1500 swift test --skip-build --filter 'AcceptanceTests|ExamplesTests'
