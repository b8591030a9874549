package io.roomcast.it.interop;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.roomcast.support.Http;
import io.roomcast.support.machine.Program;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A library of Node.js, in a process that is told by lines of JSON what to do. See {@code interop/client.mjs}. */
final class NodeLibrary implements Library {
    private static final Path SCRIPT = Path.of("src/test/resources/interop/client.mjs");
    /** Node.js before version 22 has its own WebSocket only with this option. */
    private static final String OWN_WEB_SOCKET = "--experimental-websocket";

    private final Process node;
    private final BufferedWriter commands;
    private final Map<Integer, Received> connections = new ConcurrentHashMap<>();
    private int last;

    private NodeLibrary(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(Program.NODE.require().toString()));
        command.addAll(List.of(options));
        node = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        commands = node.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "node");
        reader.setDaemon(true);
        reader.start();
    }

    /** The library {@code ws}, from a file that Maven has fetched. */
    static NodeLibrary ws() throws IOException {
        Program.NODE.require();
        return new NodeLibrary(SCRIPT.toString(), unpackedWs().toString());
    }

    /** What Node.js has itself, which is the library {@code undici}. */
    static NodeLibrary own() throws IOException, InterruptedException {
        int known = new ProcessBuilder(Program.NODE.require().toString(), OWN_WEB_SOCKET, "--eval", "")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        assumeTrue(known == 0, "no WebSocket in this Node.js. Install version 22 or newer");
        return new NodeLibrary("--no-warnings", OWN_WEB_SOCKET, SCRIPT.toString());
    }

    /** The file of the library {@code ws} that a program imports. */
    static Path unpackedWs() throws IOException {
        return WebJar.unpacked("ws").resolve("wrapper.mjs");
    }

    @Override
    public synchronized void open(URI uri, List<String> subprotocols, Received received) {
        int id = ++last;
        connections.put(id, received);
        command(
                id,
                "open",
                Json.createObjectBuilder().add("url", uri.toString()).add("subprotocols", array(subprotocols)));
    }

    private static JsonArrayBuilder array(List<String> texts) {
        return Json.createArrayBuilder(texts);
    }

    private synchronized void command(int id, String action, JsonObjectBuilder more) {
        JsonObject command = more.add("id", id).add("action", action).build();
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = node.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonObject told = Http.read(line);
                int id = told.getInt("id");
                Received received = connections.get(id);
                switch (told.getString("event")) {
                    case "open" ->
                        received.opened(new NodeConnection(
                                this, id, told.getString("subprotocol"), told.getString("extensions")));
                    case "text" -> received.text(told.getString("text"));
                    case "refused" -> received.failed(new IOException(told.getString("text")));
                    default -> received.closed(told.getInt("code"), told.getString("reason"));
                }
            }
        } catch (IOException e) {
            connections.values().forEach(received -> received.failed(e));
        }
        connections.values().forEach(received -> received.failed(new IOException("Node.js has ended")));
    }

    @Override
    public void close() {
        node.destroy();
    }

    private record NodeConnection(NodeLibrary library, int id, String subprotocol, String extensions)
            implements Connection {
        @Override
        public void send(String text) {
            sendParts(List.of(text));
        }

        @Override
        public void sendParts(List<String> parts) {
            library.command(id, "send", Json.createObjectBuilder().add("parts", array(parts)));
        }

        @Override
        public void close(int code, String reason) {
            library.command(
                    id, "close", Json.createObjectBuilder().add("code", code).add("reason", reason));
        }
    }
}
