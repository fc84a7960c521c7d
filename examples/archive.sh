#!/bin/sh
# Run hook: downloads each URL of a task's `output` to $ARCHIVE_DIR/TASK-ID/0.mp4, 1.png, … ($ARCHIVE_DIR is
# ./archive unless set). Needs curl and jq. examples/archive.yaml has a config for it; by hand:
#
#     ARCHIVE_DIR=/srv/videos examples/archive.sh <task.json
#
# It may be run again at any time. Finished files are left as they are; a broken download goes on where it broke
# if the server says, by a strong ETag, that the file is still the same, and else starts over. A file gets its
# name when it is whole and on the disk, not before.
#
# Exit codes, as taskhook reads them: 0, all is there; 65, the input is no good and trying again would not help;
# 75, trouble with the network or the disk, to be tried again.
set -u
export LC_ALL=C
bad_input=65 # EX_DATAERR
try_again=75 # EX_TEMPFAIL

say() { printf 'archive: %s\n' "$*" >&2; }
fail() {
  code=$1
  shift
  say "$*"
  exit "$code"
}

for tool in curl jq flock sha256sum; do
  command -v "$tool" >/dev/null || fail $try_again "$tool is not installed"
done

# The first line is the folder's name: in the id, every character that could mean something to a file system or
# a shell becomes %XX, and so does a leading dot. Then a line for each output: its file's name, a tab, its URL;
# or a tab alone where it is no URL.
plan=$(
  jq --slurp --raw-output '
    def folder:
      @uri
      | gsub("(?<c>[!*\u0027()~])"; {"!":"%21", "*":"%2A", "\u0027":"%27", "(":"%28", ")":"%29", "~":"%7E"}[.c])
      | sub("^\\."; "%2E");
    def extension:
      sub("[?#].*\\z"; "") | sub("\\A[^/]*//[^/]*"; "")
      | [match("/[^/]*(\\.[A-Za-z0-9]{1,8})\\z").captures[0].string][0] // "";

    if length == 1 then .[0] else error("expected one JSON value, not \(length)") end
    | if type == "object" or . == null then . else error("expected a task, not a JSON \(type)") end
    | (.output | if type == "array" then . elif . == null then [] else [.] end) as $outputs
    | [env.TASKHOOK_TASK_ID, .id | select(. != null and . != "")][0] as $id
    | if $id == null and ($outputs | length) > 0 then error("the task has no id") else . end
    | ($id // "" | tostring | folder),
      ($outputs | to_entries[]
        | if .value | type == "string" and test("\\A[Hh][Tt][Tt][Pp][Ss]?://[^\\x00-\\x20\"\\\\\\x7f]+\\z")
          then "\(.key)\(.value | extension)\t\(.value)" else "\t" end)
  ' 2>&1
) || fail $bad_input "the input is no task: $plan"

folder=${plan%%
*}
outputs=${plan#"$folder"}
outputs=${outputs#
}
if [ -z "$outputs" ]; then
  say 'the task has no output'
  exit 0
fi
if [ ${#folder} -gt 200 ]; then # a name has at most 255 bytes
  folder=$(printf '%.120s-%.64s' "$folder" "$(printf '%s' "$folder" | sha256sum)")
fi

dir=${ARCHIVE_DIR:-archive}/$folder
mkdir -p -- "$dir" || fail $try_again "cannot make the folder $dir"
# Held until this script ends: two runs for one task must not write to the same files.
exec 9<"$dir" || fail $try_again "cannot open the folder $dir"
flock --nonblock 9 || fail $try_again 'another run is saving this task'

# Fetches $url to $part. The URL is a credential: it goes to curl's standard input, not to its command line.
transfer() {
  printf 'url = "%s"\n' "$url" | curl --config - --output "$part" --globoff --silent --show-error --fail \
    --location --max-redirs 5 --proto =http,https \
    --connect-timeout 20 --speed-limit 1 --speed-time 60 "$@" 9<&-
}

# Goes on with a part whose ETag is known, else starts over. Code 33: the server sent no range, as the file is
# another one now, or as it never does.
download() {
  if [ -s "$part" ] && read -r etag <"$tag" 2>/dev/null; then
    case $etag in
      '"'*'"')
        transfer --continue-at - --header "If-Range: $etag"
        code=$?
        [ $code -eq 33 ] || return $code
        ;;
    esac
  fi
  rm -f -- "$part" "$tag"
  transfer --etag-save "$tag"
}

status=0
while IFS='	' read -r name url; do
  if [ -z "$url" ]; then
    say "$folder: an output is no http or https URL"
    [ $status -ne 0 ] || status=$bad_input
    continue
  fi
  file=$dir/$name
  part=$dir/.$name.part
  tag=$dir/.$name.etag
  if [ -e "$file" ]; then
    echo "kept  $folder/$name"
  elif download && sync -- "$part" && mv -- "$part" "$file"; then
    rm -f -- "$tag"
    echo "saved $folder/$name"
  else
    say "$folder/$name could not be saved"
    [ -s "$part" ] || rm -f -- "$tag"
    status=$try_again
  fi
done <<END
$outputs
END
exit $status
