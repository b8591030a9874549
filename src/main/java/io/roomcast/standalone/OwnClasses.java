package io.roomcast.standalone;

import io.roomcast.service.Lifecycle;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads all that is ours when the server starts. Each class is a file, and one that has to be opened when connections have taken the last that the process may
 * open is lost until the next start; libraries are archives, which stay open.
 */
final class OwnClasses {
    private static final String SUFFIX = ".class";

    private OwnClasses() {}

    static void load() throws IOException {
        for (Class<?> known : List.of(OwnClasses.class, Lifecycle.class)) {
            CodeSource source = known.getProtectionDomain().getCodeSource();
            Path root = source == null ? null : path(source);
            if (root != null && Files.isDirectory(root.resolve("io/roomcast"))) {
                try (Stream<Path> files = Files.walk(root.resolve("io/roomcast"))) {
                    files.map(file -> root.relativize(file).toString())
                            .filter(name -> name.endsWith(SUFFIX))
                            .forEach(OwnClasses::load);
                }
            }
        }
    }

    private static Path path(CodeSource source) {
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void load(String file) {
        String name = file.substring(0, file.length() - SUFFIX.length())
                .replace('/', '.')
                .replace('\\', '.');
        try {
            Class.forName(name, false, OwnClasses.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            // For another server: it stands on classes that are not here.
        }
    }
}
