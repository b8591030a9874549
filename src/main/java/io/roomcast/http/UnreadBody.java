package io.roomcast.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * The unread body of a request that is answered early. By default WildFly's Undertow keeps the thread until the client
 * has sent the whole body. With this class Undertow waits two seconds, which is enough for the response to arrive, and
 * then closes the connection. Any thread.
 */
public final class UnreadBody {
    private UnreadBody() {}

    /** Whether the request has a body, as its headers say. */
    public static boolean hasBody(HttpServletRequest request) {
        return request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
    }

    /** Closes the connection after the response. To be called before the response is written. */
    public static void abandon(HttpServletRequest request, HttpServletResponse response) {
        // The next bytes on the connection belong to the body. They are not another request.
        response.setHeader("Connection", "close");
        UndertowRequest undertow = UndertowRequest.of(request);
        if (undertow != null) {
            undertow.shortenReadTimeout();
        }
    }
}
