#!/bin/sh
# One visit with curl: sign in, start, invite, and see what became of it. Tried with every test run.
#   STATION=http://127.0.0.1:7801 TOKEN_FILE=~/.local/share/kiosk/station.token sh station.sh A104 340100 341200202611240178
set -eu

staff=$1 matter=$2 case_number=$3
station=${STATION:-http://127.0.0.1:7801}/v1

call() { # method path [curl's other arguments]
    method=$1 path=$2
    shift 2
    # The header comes from standard input, for a command line is read by every program of the machine.
    printf 'header = "Authorization: Bearer %s"\n' "$(cat "$TOKEN_FILE")" |
        curl --silent --show-error --fail-with-body --max-time 10 --config - -X "$method" "$station$path" "$@"
    echo
}

json='Content-Type: application/json'
call PUT /staff -H "$json" -d "{\"number\":\"$staff\"}"

# The key makes it harmless to send this again: it would be the same visit.
started=$(call POST /visits -H "$json" -H "Idempotency-Key: $case_number-1" \
    -d "{\"matter\":{\"code\":\"$matter\"},\"case_number\":\"$case_number\",\"service_number\":1,\"stage\":\"accepted\"}")
echo "$started"
visit=$(printf '%s' "$started" | sed 's/.*"visit_id":"\([0-9a-f]*\)".*/\1/')

call POST "/visits/$visit/invitation"
call GET /state
