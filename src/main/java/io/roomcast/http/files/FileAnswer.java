package io.roomcast.http.files;

import java.util.Map;

/** What a request for a file gets. The HTTP server adds the body to a GET only. Immutable. */
public final class FileAnswer {
    private static final byte[] NOTHING = {};

    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    private FileAnswer(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    static FileAnswer ok(Map<String, String> headers, byte[] body) {
        return new FileAnswer(200, headers, body);
    }

    /** The client has the file. */
    static FileAnswer notModified(Map<String, String> headers) {
        return new FileAnswer(304, headers, NOTHING);
    }

    /** 200 or 304. */
    public int status() {
        return status;
    }

    public boolean hasBody() {
        return status == 200;
    }

    /** All but the length. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Not to be changed. */
    public byte[] body() {
        return body;
    }
}
