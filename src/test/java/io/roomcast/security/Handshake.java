package io.roomcast.security;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** A WebSocket handshake by hand, with whatever headers a forger would send. */
final class Handshake {
    private static final int PATIENCE_MS = 10_000;

    private final URI uri;
    private final Map<String, String> headers = new LinkedHashMap<>();

    private Handshake(URI uri) {
        this.uri = uri;
        headers.put("Host", uri.getAuthority());
        headers.put("Upgrade", "websocket");
        headers.put("Connection", "Upgrade");
        headers.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        headers.put("Sec-WebSocket-Version", "13");
    }

    static Handshake to(URI uri) {
        return new Handshake(uri);
    }

    Handshake origin(String origin) {
        return header("Origin", origin);
    }

    Handshake header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** The status that the server answers with. */
    int status() throws IOException {
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setSoTimeout(PATIENCE_MS);
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            StringBuilder request = new StringBuilder("GET " + uri.getRawPath() + query + " HTTP/1.1\r\n");
            headers.forEach((name, value) ->
                    request.append(name).append(": ").append(value).append("\r\n"));
            socket.getOutputStream().write(request.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
            String line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            return line == null ? 0 : Integer.parseInt(line.split(" ")[1]);
        }
    }
}
