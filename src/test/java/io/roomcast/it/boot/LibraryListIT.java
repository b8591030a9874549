package io.roomcast.it.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the WAR tells which libraries are in it, and that no library comes in whose licence nobody has read. */
class LibraryListIT {
    private static final Path TARGET = Path.of("target");
    private static final Path EVERY_SERVER = TARGET.resolve("roomcast/WEB-INF/lib");
    private static final Path LICENCES = Path.of("src/build/licences.txt");

    private static final Set<String> IN_THE_WAR = new TreeSet<>();
    private static JsonObject document;
    private static String text;

    @TempDir
    Path directory;

    @BeforeAll
    static void readWar() throws IOException {
        try (JarFile war = new JarFile(System.getProperty("roomcast.war"))) {
            war.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".jar"))
                    .forEach(IN_THE_WAR::add);
            try (InputStream in = war.getInputStream(war.getEntry("META-INF/sbom/roomcast.cdx.json"))) {
                document = Json.createReader(in).readObject();
            }
            try (InputStream in = war.getInputStream(war.getEntry("META-INF/THIRD-PARTY.txt"))) {
                text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    @Test
    void theDocumentHasEveryLibraryOfBothSetsAndNoOther() {
        assertTrue(IN_THE_WAR.size() > 50, IN_THE_WAR.toString());
        Set<String> told = document.getJsonArray("components").getValuesAs(JsonObject.class).stream()
                .map(component -> component
                        .getJsonObject("evidence")
                        .getJsonArray("occurrences")
                        .getJsonObject(0)
                        .getString("location"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(IN_THE_WAR, told);
    }

    @Test
    void theTextNamesALicenceForEach() {
        List<String> missing = IN_THE_WAR.stream()
                .map(path -> path.replaceFirst(".*/", ""))
                .filter(jar -> !text.contains("\n" + jar + ": "))
                .toList();
        assertEquals(List.of(), missing);
        assertTrue(text.contains("Unicode-3.0"), text);
    }

    @Test
    void aLicenceThatIsNotListedFailsTheBuild() throws Exception {
        List<String> fewer = Files.readAllLines(LICENCES).stream()
                .filter(line -> !line.equals("MIT"))
                .toList();
        Build build = new Build(EVERY_SERVER, Files.write(directory.resolve("fewer.txt"), fewer));
        assertEquals(1, build.status, build.output);
        assertTrue(build.output.contains("WEB-INF/lib/jedis-"), build.output);
        assertFalse(build.output.contains("gson"), build.output);
    }

    @Test
    void aLibraryThatIsNotInTheDocumentFailsTheBuild() throws Exception {
        Path other = Files.createDirectory(directory.resolve("lib"));
        Path jedis = jars(EVERY_SERVER).filter(named("jedis-")).findFirst().orElseThrow();
        Path gson = jars(EVERY_SERVER).filter(named("gson-")).findFirst().orElseThrow();
        Files.copy(jedis, other.resolve("stranger-1.jar"));
        Files.copy(jedis, other.resolve(gson.getFileName()));
        Build build = new Build(other, LICENCES);
        assertEquals(1, build.status, build.output);
        assertTrue(build.output.contains("WEB-INF/lib/stranger-1.jar is missing"), build.output);
        assertTrue(build.output.contains(gson.getFileName() + " has another hash"), build.output);
        assertTrue(build.output.contains(jedis.getFileName() + " is not in the WAR"), build.output);
    }

    @Test
    void theSameLibrariesMakeTheSameList() throws Exception {
        Build build = new Build(EVERY_SERVER, LICENCES);
        assertEquals(0, build.status, build.output);
        assertEquals(text, Files.readString(directory.resolve("THIRD-PARTY.txt")));
    }

    private static Stream<Path> jars(Path lib) throws IOException {
        try (Stream<Path> files = Files.list(lib)) {
            return files.filter(named("")).toList().stream();
        }
    }

    private static Predicate<Path> named(String start) {
        return file -> file.getFileName().toString().startsWith(start)
                && file.getFileName().toString().endsWith(".jar");
    }

    /** What Maven starts before it packs the WAR. */
    private final class Build {
        final int status;
        final String output;

        Build(Path everyServer, Path licences) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            TARGET.resolve("standalone-lib") + "/*",
                            "src/build/java/LibraryList.java",
                            "src/build/roomcast.cdx.json",
                            "no document of the plugin",
                            "false",
                            jars(everyServer).map(Path::toString).collect(Collectors.joining(File.pathSeparator)),
                            TARGET.resolve("standalone-lib").toString(),
                            licences.toString(),
                            "src/build/third-party-data.txt",
                            directory.toString())
                    .redirectErrorStream(true)
                    .start();
            output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            status = process.exitValue();
        }
    }
}
