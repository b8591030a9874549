package io.roomcast.http;

import io.roomcast.service.admission.RequestGuard;
import io.roomcast.service.admission.RequestHead;
import java.util.function.BiConsumer;

/**
 * Headers that let pages of other origins use rooms over HTTP (CORS). They are set before a request is checked, so that
 * such a page can also read why its request is refused.
 */
public final class PageAccess {
    /** The methods of these addresses. */
    public static final String METHODS = "GET, POST";

    private static final String HEADERS = "Authorization, Content-Type, Last-Event-ID, Roomcast-Session";
    private static final String PREFLIGHT_SECONDS = "600";
    private static final String ANY = "*";

    private PageAccess() {}

    /** Sets the headers of a response to a request for rooms over HTTP; none of any other. */
    public static void set(RequestHead head, RequestGuard guard, BiConsumer<String, String> headers) {
        if (!head.isAboutRooms()) {
            return;
        }
        headers.accept("Vary", "Origin");
        String allowed = guard.readableBy(head);
        if (allowed == null) {
            return;
        }
        headers.accept("Access-Control-Allow-Origin", allowed);
        headers.accept("Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate");
        if (!allowed.equals(ANY)) {
            // A login at the application server is one of the browser's credentials.
            headers.accept("Access-Control-Allow-Credentials", "true");
        }
        if (head.method().equals("OPTIONS")) {
            headers.accept("Access-Control-Allow-Methods", METHODS);
            headers.accept("Access-Control-Allow-Headers", HEADERS);
            headers.accept("Access-Control-Max-Age", PREFLIGHT_SECONDS);
        }
    }
}
