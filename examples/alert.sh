#!/bin/sh
# Run hook: posts a Slack-style message, {"text": "…"}, about a task that failed to $ALERT_URL. Needs curl and
# jq. In the config:
#
#     hooks:
#       alert:
#         on: [FAILED, not_found, lost, timed_out]
#         run:
#           command: [./alert.sh]             # relative to the config
#           env: {ALERT_URL: "${ALERT_URL}"}
#
# Exit codes, as taskhook reads them: 0, posted; 65, the input is no task; 76, the service will not have it;
# 75, to be tried again; 78, no ALERT_URL.
set -u

if [ -z "${ALERT_URL:-}" ]; then
  echo 'alert: ALERT_URL is not set' >&2
  exit 78
fi

# Slack's mrkdwn gives & < > a meaning. The URL is a credential: it reaches curl on standard input, where a
# quoted value has the escapes of JSON, and not on a command line, which other users can list.
request=$(
  jq --slurp --raw-output '
    def plain: gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;");
    (.[0] // {}) as $task
    | def told: [.[] | select(. != null and . != "") | tostring];
    [env.TASKHOOK_SOURCE, ([env.TASKHOOK_TASK_ID, $task.id] | told[0])] as $who
    | [([env.TASKHOOK_EVENT, $task.status] | told[0]), ($who | told | join("/")), $task.failure, $task.failureCode]
    | {text: (":warning: " + (told | join(" · ")) | plain | .[0:3000])}
    | tojson
    | "url = \(env.ALERT_URL | tojson)", "data-binary = \(tojson)"
  '
) || exit 65

code=$(
  printf '%s\n' "$request" | curl --config - --silent --show-error --max-time 30 --globoff \
    --header 'Content-Type: application/json' --output /dev/null --write-out '%{http_code}'
) || exit 75
case $code in
  2??) exit 0 ;;
  400 | 404 | 410 | 413) status=76 ;;
  *) status=75 ;;
esac
echo "alert: answered with HTTP $code" >&2
exit $status
