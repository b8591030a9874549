#!/usr/bin/env bash
# Drains a node, or spreads the sessions of some nodes evenly. Needs nothing but bash and getent, and ROOMCAST_API_KEY.
#
#   operate.sh drain NODE [SECONDS]           returns when the node has no sessions any more
#   operate.sh rebalance SECONDS NODE...      closes sessions of nodes that have more than the others
#
# NODE is HOST:PORT of a node at /. Every address that a host name has counts as a node of its own. With NODES=3,
# `rebalance` first waits a minute at most until there are three. The closes are spread over SECONDS.
set -u

# call METHOD HOST PORT PATH [BODY]: prints the body of a 200, and fails otherwise
call() {
    local method=$1 host=$2 port=$3 path=$4 body=${5:-} status line answer
    exec 3<>"/dev/tcp/$host/$port" || return 1
    printf '%s /api/v1%s HTTP/1.0\r\nHost: localhost\r\n' "$method" "$path" >&3
    printf 'Authorization: Bearer %s\r\n' "$ROOMCAST_API_KEY" >&3
    printf 'Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' "${#body}" "$body" >&3
    read -r -t 10 _ status _ <&3 || return 1
    while read -r -t 10 line <&3 && [ "$line" != $'\r' ]; do :; done
    read -r -t 10 -d '' answer <&3
    exec 3>&-
    if [ "$status" != 200 ]; then
        echo "$method $path at $host:$port: $status $answer" >&2
        return 1
    fi
    printf '%s' "$answer"
}

# field NAME JSON: the first value of that name
field() {
    [[ $2 =~ \"$1\":\"?([A-Za-z0-9]+) ]] && printf '%s' "${BASH_REMATCH[1]}"
}

drain() {
    local host=${1%:*} port=${1##*:} seconds=${2:-30} progress
    progress=$(call POST "$host" "$port" /node/drain "{\"window\":\"${seconds}s\"}") || return 1
    # Once the window is over, what is left is closed within seconds.
    local end=$((SECONDS + seconds + 10))
    while [ "$(field state "$progress")" = draining ] && [ "$SECONDS" -lt "$end" ]; do
        sleep 1
        progress=$(call GET "$host" "$port" /node/drain) || return 1
    done
    echo "Drained: $progress"
}

# addresses NODE...: a line "ADDRESS PORT" for each
addresses() {
    local node
    for node in "$@"; do
        getent ahosts "${node%:*}" | while read -r address kind _; do
            [ "$kind" = STREAM ] && echo "$address ${node##*:}"
        done
    done | sort -u
}

rebalance() {
    local seconds=$1 patience=$((SECONDS + 60))
    shift
    while [ "$(addresses "$@" | wc -l)" -lt "${NODES:-1}" ] && [ "$SECONDS" -lt "$patience" ]; do
        sleep 5
    done
    # Where a load balancer chooses at random, a part of the closed sessions comes back to the same node.
    for _ in 1 2 3; do
        round "$seconds" "$@" || return
        sleep $((seconds + 3))
    done
}

# Closes at each node what it has above the average; fails when no node has much more than that.
round() {
    local seconds=$1 nodes counts=() total=0 moved=1 i host port answer sessions share
    shift
    mapfile -t nodes < <(addresses "$@")
    for i in "${!nodes[@]}"; do
        read -r host port <<<"${nodes[i]}"
        answer=$(call GET "$host" "$port" /node) || answer=
        # A node that gives no figures gets no share: its sessions are not known.
        sessions=$(field sessions "$answer") && counts[i]=$sessions && total=$((total + sessions))
    done
    [ "${#counts[@]}" -gt 1 ] || { echo "Fewer than two nodes answer"; return 1; }
    local average=$((total / ${#counts[@]}))
    for i in "${!counts[@]}"; do
        read -r host port <<<"${nodes[i]}"
        # A tenth more is near enough.
        if [ $((counts[i] * 10)) -gt $((average * 11 + 10)) ]; then
            printf -v share '0.%03d' $(((counts[i] - average) * 1000 / counts[i]))
            echo "$host:$port has ${counts[i]} sessions, the average is $average: closes $share of them"
            answer="{\"share\":$share,\"window\":\"${seconds}s\"}"
            call POST "$host" "$port" /node/rebalance "$answer" >/dev/null && moved=0
        fi
    done
    [ "$moved" = 0 ] || echo "${#counts[@]} nodes have $average sessions each, or nearly"
    return "$moved"
}

if [ -z "${ROOMCAST_API_KEY:-}" ]; then
    echo "ROOMCAST_API_KEY is not set" >&2
    exit 1
fi
case ${1:-} in
    drain) drain "${@:2}" ;;
    rebalance) rebalance "${@:2}" || true ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
