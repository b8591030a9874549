#!/usr/bin/env bash
# Builds the WAR from the sources in the current directory, and puts it beside Payara Micro in the directory that is given.
set -euo pipefail
target=$1
version=$(sed -n 's|.*<payara.version>\(.*\)</payara.version>.*|\1|p' pom.xml)
mvn -B -q package -DskipTests
mvn -B -q dependency:copy -Dartifact="fish.payara.extras:payara-micro:$version" -Dmdep.stripVersion -DoutputDirectory=target/server
mkdir -p "$target"
cp target/server/payara-micro.jar target/roomcast.war docker/ready.sh docker/operate.sh docker/payara/limits.asadmin "$target"
chmod -R a+rX "$target"
