package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Key;
import io.roomcast.config.KeyFamily;
import io.roomcast.config.Keys;
import io.roomcast.support.MainProcess;
import io.roomcast.support.RawWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the command says when it cannot start: clear lines on standard error, exit code 1, and never a stack trace. */
@Tag("embedded")
class MainIT {
    /** Messages that no small heap has room for. */
    private static final int FILLING = 40_000;

    @Test
    void helpListsEveryKey() {
        try (MainProcess main = MainProcess.start("--help")) {
            assertEquals(0, main.awaitExit());
            String help = String.join("\n", main.out());
            Set<String> words = main.out().stream()
                    .flatMap(line -> Stream.of(line.strip().split(" +")))
                    .collect(Collectors.toSet());
            List<Key<?>> keys = Stream.concat(
                            Keys.ALL.stream(), Keys.FAMILIES.stream().map(KeyFamily::pattern))
                    .toList();
            keys.stream()
                    .flatMap(key -> Stream.of(key.doc().replace("`", "").split(" ")))
                    .forEach(word -> assertTrue(words.contains(word), "in one piece: " + word));
            main.out().forEach(line -> assertTrue(line.length() <= 110, line));
            keys.forEach(key -> assertTrue(help.contains("--" + key.name().substring("roomcast.".length())), help));
            assertEquals(List.of(), main.err());
            assertTrue(
                    words.contains(Path.of(System.getProperty("user.home"), ".local/share/roomcast.")
                            .toString()),
                    help);
        }
    }

    @Test
    void versionIsOneLine() {
        try (MainProcess main = MainProcess.start("--version")) {
            assertEquals(0, main.awaitExit());
            assertEquals(1, main.out().size());
            assertTrue(main.out().get(0).matches("Roomcast [1-9]\\S*"), main.out()::toString);
            assertEquals(List.of(), main.err());
        }
    }

    @Test
    void aBusyPortIsOneLine() throws IOException {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    "cannot listen on 127.0.0.1 port " + busy.getLocalPort() + ": ",
                    MainProcess.start("--port=" + busy.getLocalPort()));
        }
    }

    @Test
    void anAddressThatIsNotOursIsOneLine() {
        // TEST-NET-1 of RFC 5737, which nobody has.
        assertRefused("cannot listen on 192.0.2.1 port 0: ", MainProcess.start("--host=192.0.2.1", "--port=0"));
    }

    @Test
    void aHostThatDoesNotExistIsOneLine() {
        assertRefused(
                "cannot listen on no.such.host.invalid port 0: ",
                MainProcess.start("--host=no.such.host.invalid", "--port=0"));
    }

    @Test
    void everyWrongValueHasItsLine() {
        try (MainProcess main = MainProcess.start(
                Map.of("ROOMCAST_HISTORY_AGE", "1y"),
                List.of("-Droomcast.history.size=-1"),
                "--port=http",
                "--limits.frame-bytes=1",
                "--histroy.size=1",
                "--auth=token",
                "stray")) {
            assertEquals(1, main.awaitExit());
            assertEquals(7, main.err().size(), main.err()::toString);
            String all = String.join("\n", main.err());
            for (String problem : List.of(
                    "roomcast: --histroy.size is no option; --help lists them. Did you mean --history.size?",
                    "roomcast: stray is no option; --help lists them",
                    "roomcast: roomcast.auth=token needs one of roomcast.auth.secret",
                    "roomcast: roomcast.port=http is not a whole number from 0 to 65535",
                    "roomcast: roomcast.history.size=-1 is not ",
                    "roomcast: roomcast.history.age=1y is not a duration such as ",
                    "roomcast: roomcast.limits.frame-bytes=1 is not a size from 1KiB")) {
                assertTrue(all.contains(problem), all);
            }
            assertEquals(List.of(), main.out());
        }
    }

    @Test
    void anUnknownOptionIsOneLine() {
        assertRefused("--prot is no option", MainProcess.start("--prot=1"));
        assertRefused("9000 is no option", MainProcess.start("9000"));
        assertRefused("--extract must be the only option", MainProcess.start("--extract=x", "--port=0"));
        assertRefused("Missing required parameter for option '--port'", MainProcess.start("--port"));
    }

    @Test
    void anUnknownKeyIsOneLineWhereverItStands() {
        assertRefused("roomcast.prot is no key of Roomcast", MainProcess.start(Map.of(), List.of("-Droomcast.prot=1")));
        assertRefused(
                "ROOMCAST_PROT is no key of Roomcast", MainProcess.start(Map.of("ROOMCAST_PROT", "1"), List.of()));
    }

    /** The name of a role can be written in each way but as a variable in capitals, which many names would share. */
    @Test
    void aKeyWithAPartOfItsOwnNameIsReadWhereverItStands() {
        String wrong = " is not permissions out of read, ";
        assertRefused("roomcast.roles.a.b=lobby: x" + wrong, MainProcess.start("--roles.a.b=lobby: x"));
        assertRefused(
                "roomcast.roles.a-b=lobby: x" + wrong,
                MainProcess.start(Map.of(), List.of("-Droomcast.roles.a-b=lobby: x")));
        assertRefused(
                "roomcast.roles.A_b.c=lobby: x" + wrong,
                MainProcess.start(Map.of("roomcast.roles.A_b.c", "lobby: x"), List.of()));
        assertRefused(
                "ROOMCAST_ROLES_A_B cannot be told apart",
                MainProcess.start(Map.of("ROOMCAST_ROLES_A_B", "lobby: read"), List.of()));
        assertRefused("roomcast.roles.<role>: <role> is not ", MainProcess.start("--roles.<role>=lobby: read"));
        assertRefused("--roles. is no option", MainProcess.start("--roles.=x"));
    }

    @Test
    void aDirectoryWithoutTheUiIsOneLine() {
        assertRefused("roomcast.webroot=/nowhere has no index.html", MainProcess.start("--webroot=/nowhere"));
    }

    /**
     * As it is started with {@code java -jar} and no option for it: limits were lifted, so that a heap can be filled.
     */
    @Test
    void endsOnceItIsOutOfMemory() {
        try (MainProcess main = MainProcess.startSmall(
                "--port=0",
                "--history.size=1000000",
                "--history.node-bytes=4GiB",
                "--history.bytes=4GiB",
                "--limits.publish-rate=0",
                "--limits.room-publish-rate=0",
                "--limits.request-rate=0")) {
            URI room = URI.create("ws" + main.awaitReady().toString().substring("http".length()) + "ws/full/ann");
            String message = "{\"content\":\"" + "x".repeat(16_000) + "\"}";
            // Whoever gets no answer comes again: it has to end while it is asked for more.
            for (int sent = 0; sent < FILLING && main.isRunning(); sent++) {
                try (RawWebSocket ann = RawWebSocket.connect(room)) {
                    do {
                        ann.text(message);
                    } while (ann.read() != null && ++sent < FILLING);
                } catch (AssertionError | UncheckedIOException e) {
                    // It did not answer, or not in time.
                }
            }
            assertEquals(3, main.awaitExit());
            assertTrue(String.join("\n", main.err()).contains("roomcast: out of memory"), main.err()::toString);
        }
    }

    private static void assertRefused(String reason, MainProcess process) {
        try (MainProcess main = process) {
            assertEquals(1, main.awaitExit());
            assertEquals(1, main.err().size(), main.err()::toString);
            assertTrue(main.err().get(0).startsWith("roomcast: " + reason), main.err()::toString);
            assertEquals(List.of(), main.out());
        }
    }
}
