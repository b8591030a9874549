package io.roomcast.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The unread body of a request that is answered early. WildFly's Undertow keeps the thread until the client has sent
 * the whole body; here the server waits two seconds, enough for the answer to arrive, and closes. Any thread.
 */
public final class UnreadBody {
    private UnreadBody() {}

    public static boolean isThere(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /** To be called before the answer is written. */
    public static void abandon(HttpServletRequest request, HttpServletResponse response) {
        // Whatever comes next on the connection is the rest of the body, not a request.
        response.setHeader("Connection", "close");
        UndertowRequest undertow = UndertowRequest.of(request);
        if (undertow != null) {
            undertow.waitLessForBody();
        }
    }
}
