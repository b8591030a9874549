package io.roomcast.container;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.http.ConnectionWatch;
import io.roomcast.http.ErrorBody;
import io.roomcast.http.HealthServlet;
import io.roomcast.http.PageAccess;
import io.roomcast.http.PayaraHeadTimeout;
import io.roomcast.http.PayaraRefusals;
import io.roomcast.http.PayaraRequest;
import io.roomcast.http.PayaraWatches;
import io.roomcast.http.Problem;
import io.roomcast.http.SecurityHeaders;
import io.roomcast.http.UndertowRequest;
import io.roomcast.http.UnreadBody;
import io.roomcast.http.api.ApiServlet;
import io.roomcast.http.rooms.RoomsServlet;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.RunningTime;
import io.roomcast.node.Threads;
import io.roomcast.service.admission.ClientOrigin;
import io.roomcast.service.admission.RequestGuard;
import io.roomcast.service.admission.RequestHead;
import io.roomcast.service.admission.RequestPath;
import io.roomcast.service.admission.Verdict;
import io.roomcast.websocket.ServerIntegration;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;

/**
 * Passes every request on an application server to the {@link RequestGuard}, and sets the security headers of every
 * response.
 */
@WebFilter(filterName = "guard", urlPatterns = "/*", asyncSupported = true)
public class GuardFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final Logger LOG = System.getLogger(GuardFilter.class.getName());

    @Inject
    private transient RequestGuard guard;

    @Inject
    private transient ServerLogin login;

    @Inject
    private transient HandshakeLimiter handshakes;

    @Inject
    private transient RequestLimiter requests;

    @Inject
    private transient RoomcastConfig config;

    @Inject
    private transient Threads threads;

    @Inject
    private transient RunningTime time;

    @Inject
    private transient NodeMetrics metrics;

    /** Null if there is no limit, or the server is neither Payara nor GlassFish. */
    private transient PayaraHeadTimeout headTimeout;

    /** Null if the server is neither Payara nor GlassFish. */
    private transient PayaraRefusals refusals;

    /** Null if the server is neither Payara nor GlassFish. */
    private transient PayaraWatches watches;

    /** On GlassFish too. */
    private boolean onPayara;

    private int answerMillis;
    private int maxPipelined;

    @Override
    public void init() {
        onPayara = ServerIntegration.isPayaraOrGlassFish(getServletContext());
        answerMillis = (int) config.get(HttpKeys.ANSWER_TIMEOUT).toMillis();
        maxPipelined = config.get(HttpKeys.PIPELINED);
        Duration requestTimeout = config.get(HttpKeys.REQUEST_TIMEOUT);
        if (onPayara && !requestTimeout.isZero()) {
            headTimeout = new PayaraHeadTimeout(requestTimeout, time, threads, metrics);
        }
        if (onPayara) {
            String rooms = getServletContext().getContextPath() + RoomsServlet.ADDRESS;
            refusals = new PayaraRefusals(Set.of(rooms + RoomsServlet.POLL, rooms + RoomsServlet.EVENTS));
            watches = new PayaraWatches(threads);
        }
    }

    @Override
    public void destroy() {
        if (headTimeout != null) {
            headTimeout.close();
        }
        if (refusals != null) {
            refusals.close();
            watches.close();
        }
    }

    /**
     * Keeps quiet if the client leaves while any servlet writes: some servers log a stack trace otherwise, which strangers
     * could make many of. Once a response has begun, nothing else makes its stream fail.
     */
    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            check(request, response, chain);
        } catch (IOException e) {
            if (!response.isCommitted()) {
                throw e;
            }
            LOG.log(Level.DEBUG, "the client is gone", e);
        }
    }

    private void check(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        PayaraRequest payara = onPayara ? PayaraRequest.of(request) : null;
        if (payara != null && headTimeout != null) {
            headTimeout.watch(payara);
        }
        if (payara != null && refusals != null) {
            refusals.watch(payara);
        }
        if (payara != null && !payara.checkConnected()) {
            return;
        }
        RequestHead head = head(request);
        UndertowRequest undertow = UndertowRequest.of(request);
        if (isDropped(undertow, head, request)) {
            return;
        }
        SecurityHeaders.set(head.resource(), response::setHeader);
        PageAccess.set(head, guard, response::setHeader);
        boolean handshake = head.isHandshake();
        if (payara != null && !handshake) {
            payara.stayWithHttp();
            payara.limitPipeline(request, response, maxPipelined);
        }
        Verdict verdict = payara != null && payara.hasBrokenHead()
                ? Verdict.BAD_HEAD
                : guard.check(head, request.getRemoteAddr());
        boolean readsBody = Set.of(ApiServlet.ADDRESS, RoomsServlet.ADDRESS).contains(request.getServletPath());
        if (!(readsBody && verdict.isPass()) && UnreadBody.hasBody(request)) {
            UnreadBody.abandon(request, response);
        }
        if (undertow != null) {
            undertow.setWriteTimeout(answerMillis);
        }
        if (payara != null) {
            // The API needs the limit too, because it serves its description without a key. The limit also applies to
            // other threads that write a response.
            payara.setWriteTimeout(answerMillis);
        }
        if (!verdict.isPass()) {
            refuse(payara, request, response, verdict);
        } else if (!handshake) {
            serve(undertow, payara, head, request, response, chain);
        } else if (login.authenticate(request, response, true)) {
            if (undertow != null) {
                undertow.becomeWebSocket();
            }
            open(withOrigin(request, head), response, chain);
        }
    }

    private void serve(
            UndertowRequest undertow,
            PayaraRequest payara,
            RequestHead head,
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain)
            throws IOException, ServletException {
        ClientOriginRequest visibleRequest = ClientOriginRequest.withoutOrigin(request);
        ConcurrencyLimiter.Task task = () -> {
            if (payara != null && !payara.checkConnected() || isDropped(undertow, head, request)) {
                return;
            }
            if (login.authenticate(request, response, false)) {
                if (head.isForRooms()) {
                    visibleRequest.setOrigin(origin(request, head).toHeader());
                }
                request.setAttribute(ConnectionWatch.ATTRIBUTE, watch(undertow, payara));
                chain.doFilter(visibleRequest, response);
            }
            if ((undertow != null || payara != null) && !visibleRequest.isAsynchronous()) {
                finish(response);
            }
        };
        if (request.getServletPath().equals(HealthServlet.ADDRESS)) {
            // Health checks are answered even when other requests are rejected.
            if (undertow != null || payara != null) {
                // The connection has no other response, so the server need not wait until the client has read this one.
                response.setHeader("Connection", "close");
            }
            task.run();
            return;
        }
        int threads = undertow != null ? undertow.threads() : payara != null ? payara.threads() : 0;
        // A request for rooms costs as much as a handshake, and comes in crowds, too.
        ConcurrencyLimiter.Task inTurn = undertow == null || !head.isForRooms()
                ? task
                : () -> {
                    if (!handshakes.tryRun(request.getRemoteAddr(), task)) {
                        refuse(null, request, response, Verdict.OVERLOADED);
                    }
                };
        try {
            if (!requests.tryRun(threads, inTurn)) {
                refuse(payara, request, response, Verdict.OVERLOADED);
            }
        } catch (IOException e) {
            if (payara == null || payara.checkConnected()) {
                throw e;
            }
            // Not thrown, because Payara would log a stack trace for each client that does not read its response.
            LOG.log(Level.DEBUG, "the client is gone", e);
        }
    }

    /**
     * Whether nobody waits for the response of a poll or stream any more. It then costs little, so a client that drops
     * thousands harms nobody. {@link PayaraRefusals} does the same on Payara.
     */
    private static boolean isDropped(UndertowRequest undertow, RequestHead head, HttpServletRequest request) {
        return undertow != null
                && head.isWaiting()
                && undertow.closeIfGone(UnreadBody.hasBody(request) ? request.getContentLengthLong() : 0);
    }

    /** @return null if the connection cannot be reached */
    private ConnectionWatch watch(UndertowRequest undertow, PayaraRequest payara) {
        return undertow != null ? undertow.watch() : payara != null ? watches.of(payara) : null;
    }

    /**
     * Writes the response now. Otherwise the server would write it after the permit is released. A servlet may have
     * called {@code getWriter}, for example a servlet that the server adds to the application.
     */
    private static void finish(HttpServletResponse response) throws IOException {
        OutputStream stream;
        try {
            stream = response.getOutputStream();
        } catch (IllegalStateException e) {
            response.getWriter().close();
            return;
        }
        stream.close();
    }

    private static RequestHead head(HttpServletRequest request) {
        String info = request.getPathInfo() == null ? "" : request.getPathInfo();
        String path = path(request);
        return RequestHead.of(
                request.getMethod(),
                request.getProtocol(),
                path,
                request.getQueryString(),
                RequestPath.isPlain(path) ? request.getServletPath() + info : "",
                Collections.list(request.getHeaderNames()),
                name -> Collections.list(request.getHeaders(name)));
    }

    /**
     * Returns the path as the client sent the path. Payara and Open Liberty remove a session id from the path. This
     * method then adds {@code ;jsessionid}. On Open Liberty only the URL still has the id.
     */
    private static String path(HttpServletRequest request) {
        String path = request.getRequestURI();
        boolean hasSessionId =
                request.isRequestedSessionIdFromURL() || request.getRequestURL().indexOf(";") >= 0;
        return hasSessionId ? path + ";jsessionid" : path;
    }

    private ClientOriginRequest withOrigin(HttpServletRequest request, RequestHead head) {
        return ClientOriginRequest.ofHandshake(request, origin(request, head).toHeader());
    }

    private ClientOrigin origin(HttpServletRequest request, RequestHead head) {
        return ClientOrigin.of(
                        request.getLocalAddr(),
                        request.getRemoteAddr(),
                        head,
                        Collections.list(request.getHeaderNames()))
                .withRoles(login.roles(request));
    }

    private void open(ClientOriginRequest upgrade, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (onPayara) {
            // There is no limiter on Payara, because its upgrade may wait for the client. A few slow clients would
            // block all handshakes.
            chain.doFilter(upgrade, response);
        } else if (!handshakes.tryRun(upgrade.getRemoteAddr(), () -> chain.doFilter(upgrade, response))) {
            refuse(null, upgrade, response, Verdict.OVERLOADED);
        }
    }

    /**
     * Answers a refused request. The connection closes after this response, so there is only one response. The response
     * fits into the buffer of the socket, even if the client does not read.
     */
    private static void refuse(
            PayaraRequest payara, HttpServletRequest request, HttpServletResponse response, Verdict verdict)
            throws IOException {
        response.setHeader("Connection", "close");
        // First, since it resets the reason phrase.
        response.setStatus(verdict.status());
        if (payara == null) {
            verdict.headers().forEach(response::setHeader);
        } else {
            payara.describe(verdict);
        }
        ErrorBody.writeBody(Problem.of(verdict), request, response);
    }
}
