package io.roomcast.support.machine;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A program of this machine that some tests need. Where it is missing, they are skipped and say what to install. */
public enum Program {
    CHROMIUM("Chromium", "Install Debian's package chromium", "chromium", "chromium-browser", "google-chrome"),
    GIT("Git", "Install Debian's package git", "git"),
    NATS_SERVER("NATS", "Install Debian's package nats-server", "nats-server"),
    NGINX("nginx", "Install Debian's package nginx-light", "nginx"),
    PRLIMIT("prlimit", "Install Debian's package util-linux", "prlimit"),
    RABBITMQ_SERVER("RabbitMQ", "Install Debian's package rabbitmq-server", "rabbitmq-server"),
    SETPRIV("setpriv", "Install Debian's package util-linux", "setpriv"),
    XZ("xz", "Install Debian's package xz-utils", "xz"),
    SYSTEMD_ANALYZE("systemd-analyze", "Install Debian's package systemd", "systemd-analyze"),
    HELM("Helm", "Install it: go install helm.sh/helm/v3/cmd/helm@v3.22.0", "helm"),
    NODE("Node.js", "Install Debian's package nodejs", "node"),
    NPM("npm", "Install Debian's package npm", "npm"),
    KUBERNETES_VALIDATE(
            "kubernetes-validate", "Install it: pip install kubernetes-validate==1.37.0", "kubernetes-validate");

    /** Where servers and tools of administrators are: the PATH of other users leaves these out. */
    private static final List<String> OF_ADMINISTRATORS = List.of("/usr/sbin", "/usr/local/sbin", "/sbin");

    private final String title;
    private final String remedy;
    private final List<String> names;

    Program(String title, String remedy, String... names) {
        this.title = title;
        this.remedy = remedy;
        this.names = List.of(names);
    }

    /** As people call it. */
    public String title() {
        return title;
    }

    /** With its version, where it has to be a certain one. */
    public String packageName() {
        return remedy.substring(remedy.lastIndexOf(' ') + 1);
    }

    /** System property with the path of the program, where it is none of the usual. */
    public String property() {
        return "roomcast." + names.get(0);
    }

    /** The program's path; without the program, the tests that asked are skipped. */
    public Path require() {
        return find().orElseGet(() ->
                abort("no " + title + ". " + remedy + ", or name a program with -D" + property() + "=PATH"));
    }

    private Optional<Path> find() {
        String given = System.getProperty(property());
        if (given != null) {
            return Optional.of(Path.of(given)).filter(Files::isExecutable);
        }
        List<String> directories = Stream.concat(
                        Stream.of(System.getenv().getOrDefault("PATH", "").split(Pattern.quote(File.pathSeparator))),
                        OF_ADMINISTRATORS.stream())
                .toList();
        return names.stream()
                .flatMap(name -> directories.stream().map(directory -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
