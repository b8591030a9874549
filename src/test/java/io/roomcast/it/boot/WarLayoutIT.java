package io.roomcast.it.boot;

import static java.util.stream.Collectors.groupingBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an application server sees of the WAR, and what only the embedded server sees. */
class WarLayoutIT {

    private static List<String> entries;
    private static String mainClass;

    @BeforeAll
    static void readWar() throws IOException {
        try (JarFile war = new JarFile(System.getProperty("roomcast.war"))) {
            entries = war.stream().map(ZipEntry::getName).toList();
            mainClass = war.getManifest().getMainAttributes().getValue("Main-Class");
        }
    }

    @Test
    void applicationServersSeeNothingOfTheEmbeddedServer() {
        List<String> leaked = entries.stream()
                .filter(name ->
                        name.matches("WEB-INF/lib/(tyrus|grizzly|weld|yasson|parsson|smallrye|jboss|jakarta\\.).*"
                                + "|WEB-INF/classes/(io/roomcast/(standalone|boot)|org/glassfish)/.+"
                                + "|WEB-INF/classes/META-INF/services/org\\.glassfish.*"))
                .toList();
        assertEquals(List.of(), leaked);
    }

    @Test
    void theEmbeddedServerIsWhereOnlyTheLauncherLooks() {
        assertEquals("io.roomcast.boot.Launcher", mainClass);
        assertTrue(entries.contains("io/roomcast/boot/Launcher.class"));
        assertTrue(entries.contains("WEB-INF/standalone-classes/io/roomcast/standalone/Main.class"));
        assertTrue(entries.contains(
                "WEB-INF/standalone-classes/META-INF/services/org.glassfish.tyrus.core.ComponentProvider"));
    }

    @Test
    void noLibraryIsThereTwice() {
        List<List<String>> twice = entries.stream()
                .filter(name -> name.endsWith(".jar"))
                .collect(groupingBy(jar -> jar.replaceFirst(".*/", "").replaceFirst("-\\d.*", "")))
                .values()
                .stream()
                .filter(jars -> jars.size() > 1)
                .toList();
        assertEquals(List.of(), twice);
    }
}
