#!/usr/bin/env bash
# Makes the class-data archive of an extracted WAR (java -jar roomcast.war --extract DIRECTORY) by a training run under
# load, and checks that the JVM uses it. The JVM that runs it later must be this one. Writes DIRECTORY/jvm.options, which
# names the archive: java @jvm.options -jar roomcast.jar. Arguments: the directory, the JVM (else java), and how long the
# training takes (else 10s).
set -euo pipefail
cd "$1"
java=${2:-java}
training=${3:-10s}
# The version is not in the first line where JAVA_TOOL_OPTIONS is set.
version=$("$java" -version 2>&1 | sed -nE 's/.* version "([0-9]+).*/\1/p')
if [ "$version" -ge 25 ]; then
    make=-XX:AOTCacheOutput=roomcast.aot
    use=-XX:AOTCache=$PWD/roomcast.aot
else
    make=-XX:ArchiveClassesAtExit=roomcast.jsa
    use=-XX:SharedArchiveFile=$PWD/roomcast.jsa
fi
rm -f roomcast.jsa roomcast.aot
# The warm-up is the load: it exercises the node as clients do, before the node is ready.
coproc node { exec "$java" "$make" -jar roomcast.jar --data none --port 0 --warmup "$training" 2>training.log; }
pid=$node_PID
# A descriptor of its own: bash takes those of a coprocess away when it ends.
exec {output}<&"${node[0]}"
while read -r line <&"$output"; do
    case $line in *"is ready on"*) kill -TERM "$pid" ;; esac
done
# SIGTERM ends a JVM with 143, after it has written the archive.
wait "$pid" || [ $? = 143 ] || { cat training.log >&2 && exit 1; }
echo "$use" >jvm.options
"$java" @jvm.options -Xlog:class+load -jar roomcast.jar --check --data none --auth open >classes.log
for class in io.roomcast.standalone.Main io.roomcast.config.RoomcastConfig; do
    if ! grep -q "$class source: shared objects file" classes.log; then
        echo "archive.sh: the JVM does not take $class from the archive" >&2
        cat training.log >&2
        exit 1
    fi
done
grep "The warm-up took" training.log
rm training.log classes.log
ls -l roomcast.jsa roomcast.aot 2>/dev/null || true
