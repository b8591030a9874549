package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Keys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the command says when it cannot start: clear lines on standard error, exit code 1, and never a stack trace. */
@Tag("embedded")
class MainIT {

    @Test
    void helpListsEveryKey() {
        try (MainProcess main = MainProcess.start("--help")) {
            assertEquals(0, main.awaitExit());
            String help = String.join("\n", main.out());
            Keys.ALL.forEach(key -> assertTrue(help.contains("--" + key.name().substring("roomcast.".length())), help));
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
                "--limits.frame-bytes=1")) {
            assertEquals(1, main.awaitExit());
            assertEquals(4, main.err().size(), main.err()::toString);
            String all = String.join("\n", main.err());
            for (String problem : List.of(
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
        assertRefused("Unknown option: '--prot=1'", MainProcess.start("--prot=1"));
        assertRefused("Unmatched argument", MainProcess.start("9000"));
        assertRefused("Missing required parameter for option '--port'", MainProcess.start("--port"));
    }

    @Test
    void anUnknownKeyIsOneLineWhereverItStands() {
        assertRefused("roomcast.prot is no key of Roomcast", MainProcess.start(Map.of(), List.of("-Droomcast.prot=1")));
        assertRefused(
                "ROOMCAST_PROT is no key of Roomcast", MainProcess.start(Map.of("ROOMCAST_PROT", "1"), List.of()));
    }

    @Test
    void aDirectoryWithoutTheUiIsOneLine() {
        assertRefused("roomcast.webroot=/nowhere has no index.html", MainProcess.start("--webroot=/nowhere"));
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
