package io.roomcast.http;

import io.roomcast.service.Arrival;
import io.roomcast.service.Guard;
import io.roomcast.service.RequestHead;
import io.roomcast.service.RequestPath;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

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
        RequestHead head = head(request);
        boolean handshake = head.isHandshake();
        if (handshake && isHasty(request)) {
            response.setHeader("Connection", "close");
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        Guard.Verdict verdict = guard.verdict(head);
        boolean reads =
                verdict == Guard.Verdict.PASS && request.getServletPath().equals(ApiServlet.ADDRESS);
        if (!reads && UnreadBody.isThere(request)) {
            UnreadBody.leave(request, response);
        }
        if (verdict != Guard.Verdict.PASS) {
            refuse(response, verdict);
        } else if (login.admits(request, response, handshake)) {
            if (handshake) {
                open(arriving(request, head), request, response, chain);
            } else {
                chain.doFilter(new Arriving(request, null), response);
            }
        }
    }

    private static RequestHead head(HttpServletRequest request) {
        String info = request.getPathInfo() == null ? "" : request.getPathInfo();
        return RequestHead.of(
                request.getMethod(),
                request.getProtocol(),
                path(request),
                RequestPath.isEndpoint(request.getServletPath() + info),
                Collections.list(request.getHeaderNames()),
                name -> Collections.list(request.getHeaders(name)));
    }

    /** As the client wrote it: Payara takes one kind of parameter out, but tells that it did. */
    private static String path(HttpServletRequest request) {
        String path = request.getRequestURI();
        return request.isRequestedSessionIdFromURL() ? path + ";jsessionid" : path;
    }

    private static Arriving arriving(HttpServletRequest request, RequestHead head) {
        Arrival arrival = Arrival.of(
                request.getLocalAddr(), request.getRemoteAddr(), head, Collections.list(request.getHeaderNames()));
        return new Arriving(request, arrival.sealed());
    }

    private void open(Arriving arriving, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (Payara.runs(request.getServletContext())) {
            // No turns here: its upgrade may wait for the client, and a few that are slow would keep everybody out.
            chain.doFilter(arriving, response);
            upgraded.add(request);
        } else if (!handshakes.take(() -> chain.doFilter(arriving, response))) {
            refuse(response, Guard.Verdict.CROWDED);
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
