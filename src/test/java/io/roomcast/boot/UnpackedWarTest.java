package io.roomcast.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedWarTest {

    @TempDir
    private Path work;

    private Path directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = Files.createDirectory(work.resolve("unpacked"));
    }

    @Test
    void browsersMayFetchOnlyWhatIsStatic() throws IOException {
        UnpackedWar war = unpack(
                "META-INF/MANIFEST.MF",
                "io/roomcast/boot/Launcher.class",
                "index.html",
                "js/app.js",
                "WEB-INF/web.xml");

        try (Stream<Path> tree = Files.walk(war.webroot())) {
            assertEquals(
                    List.of("index.html", "js/app.js"),
                    tree.filter(Files::isRegularFile)
                            .map(file -> war.webroot().relativize(file).toString())
                            .sorted()
                            .toList());
        }
    }

    @Test
    void whatEveryServerSeesComesFirst() throws IOException {
        UnpackedWar war = unpack(
                "WEB-INF/standalone-lib/tyrus.jar",
                "WEB-INF/standalone-classes/Main.class",
                "WEB-INF/lib/jedis.jar",
                "WEB-INF/classes/Room.class");

        String base = directory.toUri().toURL() + "WEB-INF/";
        assertEquals(
                List.of("classes/", "lib/jedis.jar", "standalone-classes/", "standalone-lib/tyrus.jar"),
                Stream.of(war.classpath())
                        .map(URL::toString)
                        .map(url -> url.substring(base.length()))
                        .toList());
    }

    private UnpackedWar unpack(String... names) throws IOException {
        Path war = work.resolve("roomcast.war");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.closeEntry();
            }
        }
        return UnpackedWar.unpack(war, directory);
    }
}
