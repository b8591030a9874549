package io.roomcast.support;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The request that begins a WebSocket, byte by byte, with whatever headers a forger would send. */
public final class Handshake {
    private static final int PATIENCE_MS = 10_000;

    private final URI uri;
    private final Map<String, String> headers = new LinkedHashMap<>();

    private byte[] behind = {};
    private String query;

    private Handshake(URI uri) {
        this.uri = uri;
        query = uri.getRawQuery();
        headers.put("Host", uri.getAuthority());
        headers.put("Upgrade", "websocket");
        headers.put("Connection", "Upgrade");
        headers.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        headers.put("Sec-WebSocket-Version", "13");
    }

    public static Handshake to(URI uri) {
        return new Handshake(uri);
    }

    public Handshake origin(String origin) {
        return header("Origin", origin);
    }

    public Handshake header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    /** The query as it is sent, one byte for each character. */
    public Handshake query(String raw) {
        query = raw;
        return this;
    }

    /** Sends this without waiting for the answer. */
    public Handshake behind(byte... bytes) {
        behind = bytes;
        return this;
    }

    /** The status that the server answers with. */
    public int status() throws IOException {
        try (Socket socket = sent()) {
            String[] words = line(socket.getInputStream()).split(" ", -1);
            return words.length < 2 ? 0 : Integer.parseInt(words[1]);
        }
    }

    /** The first frame that comes after the handshake; it must be shorter than 64 KiB. */
    public Frame firstFrame() throws IOException {
        try (Socket socket = sent();
                DataInputStream in = new DataInputStream(socket.getInputStream())) {
            while (!line(in).isEmpty()) {
                // Headers; an empty line ends them.
            }
            in.readByte();
            int length = in.readByte();
            byte[] text = new byte[length < 126 ? length : in.readUnsignedShort()];
            in.readFully(text);
            return Frame.of(new String(text, StandardCharsets.UTF_8));
        }
    }

    /** What is sent. */
    public byte[] bytes() {
        String address = uri.getRawPath() + (query == null ? "" : "?" + query);
        StringBuilder request = new StringBuilder("GET " + address + " HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(behind);
        return all.toByteArray();
    }

    private Socket sent() throws IOException {
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(PATIENCE_MS);
        socket.getOutputStream().write(bytes());
        return socket;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }
}
