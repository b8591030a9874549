package io.roomcast.it.http;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** One connection over which HTTP/1.1 is spoken byte by byte, as clients do that are not Java's. Used by one thread. */
final class RawHttp implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int SILENCE_MILLIS = 2_000;

    /** @param headers by name in any case */
    record Answer(int status, Map<String, String> headers, String body) {}

    private final URI server;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    /** The server has said that its last answer was the last on this connection. */
    private boolean last;

    RawHttp(URI server) throws IOException {
        this.server = server;
        connect();
    }

    private void connect() throws IOException {
        socket = new Socket(server.getHost(), server.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        last = false;
    }

    /**
     * @param path below the application
     * @param headers each with its end of line
     */
    void head(String method, String path, String headers) throws IOException {
        if (last) {
            socket.close();
            connect();
        }
        write(method + " " + server.resolve(path).getPath() + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n");
    }

    void write(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** @param latin1 a byte in each character */
    void writeBytes(String latin1) throws IOException {
        out.write(latin1.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** A piece of a body without a length; the empty one is the last. */
    void chunk(String text) throws IOException {
        write(Integer.toHexString(text.length()) + "\r\n" + text + "\r\n");
    }

    /** The next answer, also one that is not the last for its request. */
    Answer answer(boolean hasBody) throws IOException {
        int status = Integer.parseInt(line().split(" ", -1)[1]);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        last = "close".equalsIgnoreCase(headers.get("Connection"));
        boolean empty = !hasBody || status == 100 || status == 204;
        return new Answer(status, headers, empty ? "" : body(headers));
    }

    private String body(Map<String, String> headers) throws IOException {
        if (headers.containsKey("Content-Length")) {
            return text(Integer.parseInt(headers.get("Content-Length")));
        }
        StringBuilder body = new StringBuilder();
        for (int length = Integer.parseInt(line(), 16); length > 0; length = Integer.parseInt(line(), 16)) {
            body.append(text(length));
            line();
        }
        line();
        return body.toString();
    }

    private String text(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("of " + length + " bytes there are " + bytes.length);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** All that comes until the server ends the connection, or says nothing for a while. */
    String everything() throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        StringBuilder all = new StringBuilder();
        try {
            readInto(all);
        } catch (SocketTimeoutException e) {
            // That was all.
        }
        return all.toString();
    }

    /** All that comes until the server ends the connection. */
    String untilTheEnd() throws IOException {
        StringBuilder all = new StringBuilder();
        readInto(all);
        return all.toString();
    }

    private void readInto(StringBuilder all) throws IOException {
        for (int next = in.read(); next >= 0; next = in.read()) {
            all.append((char) next);
        }
    }

    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended after: " + line);
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
