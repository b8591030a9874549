#!/usr/bin/env bash
# Builds the WAR from the sources in the current directory, and puts what the image holds into the directory that is given.
set -euo pipefail
target=$1
mvn -B -q package -DskipTests
java -jar target/roomcast.war --extract "$target"
cp docker/ready.sh docker/operate.sh docker/embedded/archive.sh "$target"
chmod -R a+rX "$target"
