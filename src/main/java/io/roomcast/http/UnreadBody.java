package io.roomcast.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The body of a request that is answered without it. WildFly's Undertow reads it to its end before it lets go of the thread, for as long as the client
 * takes; here it waits for two seconds, which the answer needs to arrive, and closes. Any thread.
 */
public final class UnreadBody {
    private UnreadBody() {}

    public static boolean isThere(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /** To be called before the answer is written. */
    public static void leave(HttpServletRequest request, HttpServletResponse response) {
        // Whatever comes next on the connection is the rest of the body, not a request.
        response.setHeader("Connection", "close");
        UndertowRequest undertow = UndertowRequest.of(request);
        if (undertow != null) {
            undertow.waitLessForBody();
        }
    }
}
