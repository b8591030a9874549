package io.roomcast.http;

import io.roomcast.service.Guard;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Has the guard look at every request on an application server, and puts the security headers on every answer. */
@WebFilter(filterName = "guard", urlPatterns = "/*", asyncSupported = true)
public class GuardFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    @Inject
    private transient Guard guard;

    @Inject
    private transient ServerLogin login;

    @Inject
    private transient HandshakeTurns handshakes;

    @Inject
    private transient UpgradedRequests upgraded;

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        SecurityHeaders.ALL.forEach(response::setHeader);
        boolean webSocket = "websocket".equalsIgnoreCase(request.getHeader("Upgrade"));
        if (webSocket && isHasty(request)) {
            response.setHeader("Connection", "close");
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        Guard.Verdict verdict =
                guard.verdict(request.getMethod(), webSocket, request.getHeader("Origin"), request.getHeader("Host"));
        boolean reads =
                verdict == Guard.Verdict.PASS && request.getServletPath().equals(ApiServlet.ADDRESS);
        if (!reads && UnreadBody.isThere(request)) {
            UnreadBody.leave(request, response);
        }
        if (verdict == Guard.Verdict.PASS) {
            if (!login.admits(request, response, webSocket)) {
                return;
            }
            if (!webSocket) {
                chain.doFilter(request, response);
            } else if (Payara.runs(request.getServletContext())) {
                // No turns here: its upgrade may wait for the client, and a few that are slow would keep everybody out.
                chain.doFilter(new Arriving(request), response);
                upgraded.add(request);
            } else if (!handshakes.take(() -> chain.doFilter(new Arriving(request), response))) {
                refuse(response, Guard.Verdict.CROWDED);
            }
        } else {
            refuse(response, verdict);
        }
    }

    private static void refuse(HttpServletResponse response, Guard.Verdict verdict) throws IOException {
        response.setStatus(verdict.status());
        response.setContentType("text/plain;charset=UTF-8");
        response.getOutputStream().write((verdict.text() + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Whether the client sent frames before the answer to its handshake, which RFC 6455 forbids. Payara then waits for ever on the thread that
     * opens the connection, and after some such clients has none left.
     */
    private static boolean isHasty(HttpServletRequest request) throws IOException {
        return Payara.runs(request.getServletContext())
                && request.getInputStream().available() > 0;
    }
}
