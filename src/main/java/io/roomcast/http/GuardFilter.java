package io.roomcast.http;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.RoomcastConfig;
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
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

/** Has the guard look at every request on an application server, and puts the security headers on every answer. */
@WebFilter(filterName = "guard", urlPatterns = "/*", asyncSupported = true)
public class GuardFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final Logger LOG = System.getLogger(GuardFilter.class.getName());

    @Inject
    private transient Guard guard;

    @Inject
    private transient ServerLogin login;

    @Inject
    private transient HandshakeTurns handshakes;

    @Inject
    private transient RequestTurns requests;

    @Inject
    private transient UpgradedRequests upgraded;

    @Inject
    private transient RoomcastConfig config;

    private boolean onPayara;
    private int answerMillis;
    private int pipelined;

    @Override
    public void init() {
        onPayara = Payara.runs(getServletContext());
        answerMillis = (int) config.get(HttpKeys.ANSWER_TIMEOUT).toMillis();
        pipelined = config.get(HttpKeys.PIPELINED);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        PayaraRequest payara = onPayara ? PayaraRequest.of(request) : null;
        if (payara != null && !payara.isAwaited()) {
            return;
        }
        SecurityHeaders.ALL.forEach(response::setHeader);
        RequestHead head = head(request);
        boolean handshake = head.isHandshake();
        if (payara != null && !handshake) {
            payara.endRow(request, response, pipelined);
        }
        Guard.Verdict verdict = guard.verdict(head);
        boolean reads =
                verdict == Guard.Verdict.PASS && request.getServletPath().equals(ApiServlet.ADDRESS);
        if (!reads && UnreadBody.isThere(request)) {
            UnreadBody.leave(request, response);
        }
        UndertowRequest undertow = UndertowRequest.of(request);
        if (undertow != null) {
            undertow.waitForReader(answerMillis);
        }
        if (request.getServletPath().equals(ApiServlet.ADDRESS)) {
            // The API answers from other threads, and strangers get no further there than a refusal.
            payara = null;
        }
        if (payara != null) {
            payara.waitForReader(answerMillis);
        }
        if (verdict != Guard.Verdict.PASS) {
            refuse(response, verdict);
        } else if (!handshake) {
            answer(undertow, payara, request, response, chain);
        } else if (login.admits(request, response, true)) {
            if (undertow != null) {
                undertow.becomeWebSocket();
            }
            open(arriving(request, head), request, response, chain);
        }
    }

    private void answer(
            UndertowRequest undertow,
            PayaraRequest payara,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        Arriving arriving = new Arriving(request, null);
        Turns.Work work = () -> {
            if (payara != null && !payara.isAwaited()) {
                return;
            }
            if (login.admits(request, response, false)) {
                chain.doFilter(arriving, response);
            }
            if ((undertow != null || payara != null) && !arriving.isLeftToOthers()) {
                // It would be written after the turn.
                response.getOutputStream().close();
            }
        };
        if (request.getServletPath().equals(HealthServlet.ADDRESS)) {
            // Whoever watches a node is answered when nobody else is.
            if (undertow != null || payara != null) {
                // Alone on its connection, no answer has to wait for its reader.
                response.setHeader("Connection", "close");
            }
            work.go();
            return;
        }
        int threads = undertow != null ? undertow.threads() : payara != null ? payara.threads() : 0;
        try {
            if (!requests.take(threads, work)) {
                refuse(response, Guard.Verdict.CROWDED);
            }
        } catch (IOException e) {
            if (payara == null || payara.isAwaited()) {
                throw e;
            }
            // Payara would write a stack trace for each client that does not take its answer.
            LOG.log(Level.DEBUG, "a client that has gone", e);
        }
    }

    private static RequestHead head(HttpServletRequest request) {
        String info = request.getPathInfo() == null ? "" : request.getPathInfo();
        return RequestHead.of(
                request.getMethod(),
                request.getProtocol(),
                path(request),
                request.getQueryString(),
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
        if (onPayara) {
            // No turns here: its upgrade may wait for the client, and a few that are slow would keep everybody out.
            chain.doFilter(arriving, response);
            upgraded.add(request);
        } else if (!handshakes.take(() -> chain.doFilter(arriving, response))) {
            refuse(response, Guard.Verdict.CROWDED);
        }
    }

    /** The last answer on its connection, and so one that fits into it, whether it is read or not. */
    private static void refuse(HttpServletResponse response, Guard.Verdict verdict) throws IOException {
        response.setHeader("Connection", "close");
        response.setStatus(verdict.status());
        response.setContentType("text/plain;charset=UTF-8");
        response.getOutputStream().write((verdict.text() + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
