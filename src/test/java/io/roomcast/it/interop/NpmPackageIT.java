package io.roomcast.it.interop;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.ClientTypes;
import io.roomcast.support.EmbeddedServer;
import io.roomcast.support.Frame;
import io.roomcast.support.Http;
import io.roomcast.support.RoomClient;
import io.roomcast.support.machine.Program;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client library as a package of npm: packed, installed in a program and used there. Without a network. */
@Timeout(180)
class NpmPackageIT {
    private static final Path LIBRARY = Path.of("src/main/webapp/js").toAbsolutePath();
    private static final Path PROGRAMS = Path.of("src/test/resources/interop");
    private static final int SECONDS = 120;

    @TempDir
    private static Path directory;

    private static Path program;

    @BeforeAll
    static void packAndInstall() throws IOException, InterruptedException {
        Program.NODE.require();
        program = Files.createDirectory(directory.resolve("program"));
        Files.writeString(program.resolve("package.json"), "{\"private\":true,\"type\":\"module\"}");
        for (String file : List.of("exchange.mjs", "members.mjs")) {
            Files.copy(PROGRAMS.resolve(file), program.resolve(file));
        }
        npm(LIBRARY, "pack", "--pack-destination", directory.toString());
        try (Stream<Path> files = Files.list(directory)) {
            Path packed = files.filter(file -> file.toString().endsWith(".tgz"))
                    .findFirst()
                    .orElseThrow();
            npm(program, "install", packed.toString());
        }
    }

    private static void npm(Path where, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Program.NPM.require().toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--offline", "--no-audit", "--no-fund", "--no-update-notifier"));
        command.add("--loglevel=error");
        command.add("--cache=" + directory.resolve("cache"));
        run(where, command);
    }

    private static String run(Path where, List<String> command) throws IOException, InterruptedException {
        Process process = start(where, command);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(SECONDS, TimeUnit.SECONDS), command + " does not end");
        assertEquals(0, process.exitValue(), command + ": " + output);
        return output;
    }

    private static Process start(Path where, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<String> node(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Program.NODE.require().toString(), script));
        command.addAll(List.of(arguments));
        return command;
    }

    @ParameterizedTest
    @ValueSource(strings = {"websocket", "poll", "sse"})
    void aProgramExchangesMessagesThroughThePackage(String transport) throws IOException, InterruptedException {
        try (EmbeddedServer server = EmbeddedServer.start();
                RoomClient ann = RoomClient.enter(server.uri(), "lobby", "ann")) {
            String url = server.uri().resolve("ws").toString().replaceFirst("^http", "ws");
            String sockets = NodeLibrary.unpackedWs().toUri().toString();
            Process robot = start(program, node("exchange.mjs", url, transport, sockets));
            try {
                Frame heard = ann.next("message");
                assertEquals("robot", heard.string("sender"));
                assertEquals(
                        "{\"from\":\"a package\"}", heard.json().get("data").toString());
                ann.say("{'type':'publish','content':'good day'}");
                String told = new String(robot.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertEquals("good day", Http.read(told).getString("content"));
                assertTrue(robot.waitFor(SECONDS, TimeUnit.SECONDS), "it ends by itself");
                assertEquals(0, robot.exitValue());
            } finally {
                robot.destroy();
            }
        }
    }

    /** As a program for Node.js finds the types, and as a bundler does. */
    @ParameterizedTest
    @CsvSource({"nodenext, nodenext", "bundler, esnext"})
    void programsAreCheckedByTheTypes(String resolution, String module) throws IOException, InterruptedException {
        String compiler = WebJar.unpacked("typescript").resolve("lib/tsc.js").toString();
        List<String> options =
                List.of("--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom", "--module", module);
        for (String file : List.of("right.ts", "wrong.ts")) {
            Path source = Files.copy(PROGRAMS.resolve("types").resolve(file), program.resolve(file), REPLACE_EXISTING);
            List<String> command = node(compiler, options.toArray(String[]::new));
            command.addAll(List.of("--moduleResolution", resolution, file));
            Process check = start(program, command);
            String told = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Set<Integer> found = Pattern.compile("(?m)^" + file + "\\((\\d+),")
                    .matcher(told)
                    .results()
                    .map(error -> Integer.valueOf(error.group(1)))
                    .collect(Collectors.toCollection(TreeSet::new));
            List<String> lines = Files.readAllLines(source);
            Set<Integer> wrong = IntStream.rangeClosed(1, lines.size())
                    .filter(line -> lines.get(line - 1).endsWith("// wrong"))
                    .boxed()
                    .collect(Collectors.toCollection(TreeSet::new));
            assertEquals(wrong, found, told);
            assertEquals(wrong.isEmpty(), told.isEmpty(), told);
        }
    }

    @Test
    void thePackageHasTheLibraryAndItsTypesAndNothingElse() throws IOException {
        Path installed = program.resolve("node_modules/roomcast");
        Set<String> expected = new TreeSet<>(Set.of("package.json", "roomcast.js", "roomcast.d.ts"));
        try (Stream<Path> modules = Files.list(LIBRARY.resolve("client"))) {
            modules.forEach(module -> expected.add("client/" + module.getFileName()));
        }
        try (Stream<Path> files = Files.walk(installed)) {
            assertEquals(
                    expected,
                    files.filter(Files::isRegularFile)
                            .map(file -> installed.relativize(file).toString())
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
    }

    @Test
    void theTypesHaveWhatThePackageExports() throws IOException, InterruptedException {
        JsonObject exported = Http.read(run(program, node("members.mjs")));
        ClientTypes types = ClientTypes.read();
        assertEquals(exported.keySet(), types.values());
        exported.forEach((name, members) -> {
            if (!members.asJsonArray().isEmpty()) {
                Set<String> here = new TreeSet<>();
                members.asJsonArray()
                        .forEach(member -> here.add(member.toString().replace("\"", "")));
                Set<String> typed = types.membersOf("class " + name);
                typed.add("constructor");
                typed.removeAll(Set.of("addEventListener", "removeEventListener"));
                assertEquals(here, typed, name);
            }
        });
        assertFalse(types.membersOf("class Room").isEmpty());
    }
}
