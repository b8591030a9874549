package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.Await;
import io.roomcast.support.MainProcess;
import io.roomcast.support.RemoteConsole;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.management.MBeanException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.RuntimeMBeanException;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An operator's console, in another process than the node, with none of its classes. */
class ConsoleIT {
    private static final String RUNNING = System.getProperty("roomcast.uri");

    private static MainProcess main;
    private static RemoteConsole console;
    private static MBeanServerConnection beans;
    private static String base;

    @BeforeAll
    static void connect() throws Exception {
        if (RUNNING == null || RUNNING.isEmpty()) {
            main = MainProcess.start("--port=0");
            URI uri = main.awaitReady();
            base = "ws" + uri.toString().substring("http".length()) + "ws/";
            console = RemoteConsole.of(main.pid());
        } else {
            base = "ws" + RUNNING.substring("http".length()) + "ws/";
            console = RemoteConsole.ofAny(ProcessHandle.current().descendants().map(ProcessHandle::pid), name("Node"));
        }
        beans = console.beans();
    }

    @AfterAll
    static void stop() throws IOException {
        Stream.of(console, main).filter(open -> open != null).forEach(ConsoleIT::close);
    }

    private static void close(AutoCloseable open) {
        try {
            open.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void readsFiguresAndLooksIntoARoom() throws Exception {
        String room = TestServer.newRoom();
        try (RoomClient ann = enter(room, "ann")) {
            long stored = (long) beans.getAttribute(name("Node"), "MessagesStored");
            ann.say("{'type':'publish','id':1,'content':'hello'}");
            ann.next("ack");
            assertTrue((long) beans.getAttribute(name("Node"), "MessagesStored") > stored);
            assertTrue((int) beans.getAttribute(name("Node"), "Sessions") >= 1);
            assertEquals(0L, beans.getAttribute(name("Node"), "SessionsPortable"), "the fast path serves all");
            assertEquals("READY", beans.getAttribute(name("Node"), "State"));
            assertEquals(true, beans.getAttribute(name("Relay"), "Reachable"));
            CompositeData view = (CompositeData) invoke("NodeRooms", "look", room, 10);
            assertEquals(1, view.get("membersHere"));
            assertEquals("ann", ((String[]) view.get("users"))[0]);
            CompositeData message = ((CompositeData[]) view.get("messages"))[0];
            assertEquals("hello", message.get("content"));
        }
    }

    @Test
    void kicksAndCloses() throws Exception {
        String room = TestServer.newRoom();
        try (RoomClient ann = enter(room, "kicked-" + room);
                RoomClient ben = enter(room, "ben")) {
            assertEquals(1, invoke("Node", "kick", "kicked-" + room));
            assertEquals(4500, ann.awaitClose());
            // She hears of it before the node has taken her out of the room.
            Await.until("ben is alone", () -> membersHere(room) == 1);
            assertEquals(1, invoke("NodeRooms", "close", room));
            assertEquals(4500, ben.awaitClose());
        }
    }

    private static int membersHere(String room) {
        try {
            return (int) ((CompositeData) invoke("NodeRooms", "look", room, 0)).get("membersHere");
        } catch (javax.management.JMException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void drainsAndTakesBack() throws Exception {
        CompositeData drain = (CompositeData) invoke("Node", "drain", "1h");
        try {
            assertEquals(3_600_000L, drain.get("windowMillis"));
            assertEquals("DRAINING", beans.getAttribute(name("Node"), "State"));
        } finally {
            invoke("Node", "undrain");
        }
        assertEquals("READY", beans.getAttribute(name("Node"), "State"));
    }

    @Test
    void changesALimitAndSaysWhatIsWrong() throws Exception {
        for (String limit : List.of("500", "0")) {
            assertEquals(
                    "roomcast.limits.address-sessions=" + limit,
                    invoke("Node", "setLimit", "roomcast.limits.address-sessions", limit));
        }
        RuntimeMBeanException wrong = assertThrows(
                RuntimeMBeanException.class, () -> invoke("Node", "setLimit", "roomcast.limits.sessions", "-1"));
        assertEquals(
                "roomcast.limits.sessions=-1 is not a whole number from 0 to 10000000",
                wrong.getCause().getMessage());
    }

    /** The tool of the handbook, as its user runs it. */
    @Test
    void theCommandLineToolAsks() throws Exception {
        assertEquals("READY\n", jmx("Node", "State"));
        assertEquals("roomcast.limits.sessions=1000\n", jmx("Node", "setLimit", "roomcast.limits.sessions", "1000"));
        assertEquals("window=soon is not a duration such as 500ms, 10s, 5m or 1h\n", jmx("Node", "drain", "soon"));
        String look = jmx("NodeRooms", "look", TestServer.newRoom(), "0");
        assertTrue(look.contains("messages=\nsettings=\n    key="), look);
    }

    private static String jmx(String... arguments) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command =
                new ArrayList<>(List.of(java.toString(), "docs/console/Jmx.java", Long.toString(console.process())));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private static RoomClient enter(String room, String user) {
        RoomClient client = RoomClient.connect(URI.create(base + room + "/" + user));
        client.next("joined");
        return client;
    }

    private static Object invoke(String type, String operation, Object... arguments)
            throws MBeanException, javax.management.JMException, IOException {
        String[] types = Stream.of(arguments)
                .map(argument -> argument instanceof Integer
                        ? "int"
                        : argument.getClass().getName())
                .toArray(String[]::new);
        return beans.invoke(name(type), operation, arguments, types);
    }

    private static ObjectName name(String type) throws javax.management.MalformedObjectNameException {
        return new ObjectName("io.roomcast:type=" + type);
    }
}
