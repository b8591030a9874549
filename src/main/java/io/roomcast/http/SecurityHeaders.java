package io.roomcast.http;

import java.util.Map;
import java.util.function.BiConsumer;

/** Headers of every HTTP response that restrict what browsers do with it. */
public final class SecurityHeaders {
    /**
     * The chat UI loads code, styles and pictures only from files of this server. {@code 'self'} includes its
     * WebSocket.
     */
    private static final String CONTENT_POLICY = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'");

    private static final Map<String, String> ALL = Map.of(
            "Content-Security-Policy", CONTENT_POLICY,
            "X-Frame-Options", "DENY",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "same-origin",
            "Permissions-Policy",
                    "camera=(), microphone=(), geolocation=(), display-capture=(), "
                            + "payment=(), usb=(), serial=(), hid=()");

    private SecurityHeaders() {}

    /**
     * Sets the headers of a response. Pages of other sites may import the client library, which has no secrets.
     *
     * @param resource path below that of the application
     */
    public static void set(String resource, BiConsumer<String, String> headers) {
        ALL.forEach(headers);
        if (resource.equals("/js/roomcast.js") || resource.startsWith("/js/client/")) {
            headers.accept("Access-Control-Allow-Origin", "*");
        }
    }
}
