package io.roomcast.boot;

import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The content of the WAR as files: the class path, and in a separate directory the files that browsers may fetch. */
final class UnpackedWar {

    private static final String WEB_INF = "WEB-INF/";
    private static final List<String> SKIPPED = List.of("META-INF/", "io/roomcast/boot/");

    private final Path directory;

    private UnpackedWar(Path directory) {
        this.directory = directory;
    }

    static UnpackedWar unpack(Path war, Path directory) throws IOException {
        UnpackedWar unpacked = new UnpackedWar(directory);
        Files.createDirectory(unpacked.webroot());
        try (ZipFile zip = new ZipFile(war.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                Path target = unpacked.targetOf(entry);
                if (target != null) {
                    Files.createDirectories(target.getParent());
                    try (InputStream content = zip.getInputStream(entry)) {
                        Files.copy(content, target);
                    }
                    protectFromCleaners(target);
                }
            }
        }
        return unpacked;
    }

    Path webroot() {
        return directory.resolve("webroot");
    }

    /** The classes and libraries for every server, then those for the embedded server only. */
    URL[] classpath() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String kind : List.of("", "standalone-")) {
            urls.add(url(directory.resolve(WEB_INF + kind + "classes")));
            try (Stream<Path> jars = Files.list(directory.resolve(WEB_INF + kind + "lib"))) {
                for (Path jar : jars.sorted().toList()) {
                    urls.add(url(jar));
                }
            }
        }
        return urls.toArray(URL[]::new);
    }

    private static URL url(Path path) throws MalformedURLException {
        return path.toUri().toURL();
    }

    /** @return the file to which an entry is unpacked; null if it is not unpacked */
    private Path targetOf(ZipEntry entry) {
        String name = entry.getName();
        if (entry.isDirectory() || SKIPPED.stream().anyMatch(name::startsWith)) {
            return null;
        }
        return (name.startsWith(WEB_INF) ? directory : webroot()).resolve(name);
    }

    /**
     * Sets the last access of a file a hundred years into the future. Programs that clean temporary directories delete
     * files by their last access. The server answers 304 for a cached file without reading the file, so a file in use
     * would look unused.
     */
    static void protectFromCleaners(Path file) throws IOException {
        Files.setAttribute(file, "lastAccessTime", FileTime.from(Instant.now().plus(Duration.ofDays(36_500))));
    }
}
