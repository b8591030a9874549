#!/usr/bin/env bash
# Builds the WAR from the sources in the current directory, and makes a WildFly with it in the directory that is given.
set -euo pipefail
target=$1
version=$(sed -n 's|.*<wildfly.version>\(.*\)</wildfly.version>.*|\1|p' pom.xml)
mvn -B -q package -DskipTests
mvn -B -q dependency:unpack -Dartifact="org.wildfly:wildfly-dist:$version:zip" -DoutputDirectory=target/server
mkdir -p "$target"
cp -R "target/server/wildfly-$version/." "$target"
cp docker/ready.sh docker/operate.sh "$target"
cp target/roomcast.war "$target/standalone/deployments/ROOT.war"
"$target/bin/jboss-cli.sh" --file=docker/wildfly/configure.cli
"$target/bin/jboss-cli.sh" --file=docker/wildfly/limits.cli
# What the configuration left behind does not belong into an image.
rm -rf "$target/standalone/configuration/standalone_xml_history" "$target/standalone/"{log,data,tmp}
