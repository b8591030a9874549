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
 * A node that serves has all of its classes: one that had to be looked for when clients have taken all files would be lost for the life of the process, and whoever
 * needs it would fail, while the node says that it is ready.
 */
class LoadedClassesIT {
    private static final String RUNNING = System.getProperty("roomcast.uri");
    private static final Path CLASSES = Path.of("target/classes");
    /** What some of ours stand on, which one server has and the others have not. */
    private static final Pattern OF_ONE_SERVER = Pattern.compile("org/glassfish/|org/xnio/|io/undertow/|org/jboss/");

    @Test
    void areAllThere() throws Exception {
        Set<String> missing = ours();
        assertFalse(missing.isEmpty());
        ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
        if (RUNNING == null || RUNNING.isEmpty()) {
            try (MainProcess main = MainProcess.start("--port=0")) {
                main.awaitReady();
                try (RemoteConsole console = RemoteConsole.of(main.pid())) {
                    missing.removeAll(loaded(console, commands));
                }
            }
        } else {
            try (RemoteConsole console = RemoteConsole.ofAny(
                    ProcessHandle.current().descendants().map(ProcessHandle::pid),
                    new ObjectName("io.roomcast:type=Node"))) {
                missing.removeAll(loaded(console, commands));
            }
        }
        assertEquals(Set.of(), missing);
    }

    private static Set<String> loaded(RemoteConsole console, ObjectName commands) throws Exception {
        String answer = (String) console.beans()
                .invoke(commands, "vmClassloaders", new Object[] {new String[] {"show-classes"}}, new String[] {
                    String[].class.getName()
                });
        return Pattern.compile("\\bio\\.roomcast\\.[\\w.$]+")
                .matcher(answer)
                .results()
                .map(result -> result.group())
                .collect(Collectors.toSet());
    }

    /** But for those of the embedded server, which is not everywhere. */
    private static Set<String> ours() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES.resolve("io/roomcast"))) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !file.startsWith(CLASSES.resolve("io/roomcast/standalone")))
                    .filter(file -> !file.endsWith("package-info.class"))
                    .filter(file -> !isOfOneServer(file))
                    .map(file -> CLASSES.relativize(file).toString().replaceFirst("\\.class$", ""))
                    .map(name -> name.replace('/', '.').replace('\\', '.'))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean isOfOneServer(Path file) {
        try {
            return OF_ONE_SERVER
                    .matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                    .find();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
