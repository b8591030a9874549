package io.roomcast.standalone;

import io.roomcast.node.ClassPreloader;
import io.roomcast.service.Lifecycle;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;

/** Preloads the classes of the embedded server and of the application, if they are in directories and not in JARs. */
final class ClassDirectories {
    private ClassDirectories() {}

    static void load() throws IOException {
        for (Class<?> known : List.of(ClassDirectories.class, Lifecycle.class)) {
            CodeSource source = known.getProtectionDomain().getCodeSource();
            Path root = source == null || source.getLocation() == null ? null : path(source);
            if (root != null && Files.isDirectory(root)) {
                try (Stream<Path> files = Files.walk(root)) {
                    ClassPreloader.load(files.map(file -> root.relativize(file).toString()));
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
}
