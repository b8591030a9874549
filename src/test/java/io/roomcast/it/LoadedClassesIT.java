package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/**
 * A node that serves has all of its classes: one that had to be looked for when clients have taken all files would be
 * lost for the life of the process, and whoever needs it would fail, while the node says that it is ready.
 */
class LoadedClassesIT {
    private static final Path CLASSES = Path.of("target/classes");
    /** What some of ours stand on, and not every server has. */
    private static final Pattern OF_SOME_SERVERS =
            Pattern.compile("org/glassfish/|org/xnio/|io/undertow/|org/eclipse/microprofile/health/");

    @Test
    void areAllThere() throws Exception {
        Set<String> missing = ours();
        assertFalse(missing.isEmpty());
        try (ServerProcess server = ServerProcess.open()) {
            missing.removeAll(loaded(server));
        }
        assertEquals(Set.of(), missing);
    }

    private static Set<String> loaded(ServerProcess server) throws Exception {
        ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        String answer = (String) server.beans()
                .invoke(commands, "vmClassloaders", new Object[] {new String[] {"show-classes"}}, new String[] {
                    String[].class.getName()
                });
        return Pattern.compile("\\bio\\.roomcast\\.[\\w.$]+")
                .matcher(answer)
                .results()
                .map(result -> result.group())
                .collect(Collectors.toSet());
    }

    /** But for those of the embedded server and of its launcher, which are not everywhere. */
    private static Set<String> ours() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES.resolve("io/roomcast"))) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.startsWith(CLASSES.resolve("io/roomcast/standalone")))
                    .filter(file -> !file.startsWith(CLASSES.resolve("io/roomcast/boot")))
                    .filter(file -> !file.endsWith("package-info.class"))
                    .filter(file -> !isOfSomeServers(file))
                    .map(file -> CLASSES.relativize(file).toString().replaceFirst("\\.class$", ""))
                    .map(name -> name.replace('/', '.').replace('\\', '.'))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean isOfSomeServers(Path file) {
        try {
            return OF_SOME_SERVERS
                    .matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
