package io.roomcast.boot;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Libraries that the WAR does not have, as those of Kafka and RabbitMQ: the JARs in the directory that the system property {@code
 * roomcast.lib} names. The launcher takes the property away, since the server has no such key.
 */
final class ExtraLibraries {
    private static final String PROPERTY = "roomcast.lib";

    private ExtraLibraries() {}

    /** @return in the order of their names; none if no directory is named */
    static List<Path> jars() throws IOException {
        String directory = System.clearProperty(PROPERTY);
        if (directory == null || directory.isEmpty()) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(Path.of(directory))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
    }

    static Stream<URL> urls() throws IOException {
        return jars().stream().map(ExtraLibraries::url);
    }

    private static URL url(Path jar) {
        try {
            return jar.toAbsolutePath().toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
