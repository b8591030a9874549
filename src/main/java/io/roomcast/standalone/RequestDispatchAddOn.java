package io.roomcast.standalone;

import io.roomcast.service.admission.RequestGuard;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.http.server.HttpServerProbe;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.Response;

/**
 * Hands HTTP requests to worker threads, so that selector threads stay free. A connection has one request at a time;
 * the next is handed over when the network has taken the whole response. No thread waits for a client.
 */
final class RequestDispatchAddOn extends BaseFilter implements AddOn {
    /** Marks a request that was handed over: the parts of its body come with the same head. */
    private static final String SEEN = RequestDispatchAddOn.class.getName();
    /** Answered by a thread of its own, so that operators get an answer from a node under load. */
    private static final String HEALTH = "/health/";

    private final ConnectionLimiter limiter;
    private final ErrorResponder responder;
    private final Executor workers;
    private final Executor healthWorker;

    /**
     * @param workers rejects tasks when its queue is full
     * @param healthWorker the same, for requests below {@code /health/}
     */
    RequestDispatchAddOn(ConnectionLimiter limiter, ErrorResponder responder, Executor workers, Executor healthWorker) {
        this.healthWorker = healthWorker;
        this.limiter = limiter;
        this.responder = responder;
        this.workers = workers;
    }

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        int server = chain.indexOfType(HttpServerFilter.class);
        HttpServerFilter filter = (HttpServerFilter) chain.get(server);
        filter.getMonitoringConfig().addProbes(new HttpServerProbe.Adapter() {
            @Override
            @SuppressWarnings("rawtypes")
            public void onRequestCompleteEvent(HttpServerFilter served, Connection connection, Response response) {
                answered(connection);
            }
        });
        chain.add(server, this);
    }

    @Override
    public NextAction handleRead(FilterChainContext context) {
        Connection<?> connection = context.getConnection();
        HttpConnection http = ConnectionAddOn.http(connection);
        if (http == null
                || !(context.getMessage() instanceof HttpContent content)
                || !(content.getHttpHeader() instanceof HttpRequestPacket request)) {
            return context.getInvokeAction();
        }
        if (request.getAttribute(SEEN) != null) {
            return readMore(context, http);
        }
        request.setAttribute(SEEN, SEEN);
        NextAction suspended = context.getSuspendAction();
        if (request.isContentBroken()) {
            // Grizzly has answered it and closes the connection.
            context.suspend();
            context.completeAndRecycle();
            return suspended;
        }
        if (http.socket.queued() == 0) {
            return begin(context, http, request);
        }
        context.suspend();
        ConnectionAddOn.afterOutputIsSent(connection, () -> begin(context, http, request));
        return suspended;
    }

    /**
     * Reads a later part of a request's body, after the work on its head is done: with Grizzly both threads would read
     * the same buffer.
     */
    private NextAction readMore(FilterChainContext context, HttpConnection http) {
        NextAction suspended = context.getSuspendAction();
        context.suspend();
        try {
            http.tasks.execute(workers, () -> work(context));
        } catch (RejectedExecutionException e) {
            context.getConnection().closeSilently();
            context.completeAndRecycle();
        }
        return suspended;
    }

    private NextAction begin(FilterChainContext context, HttpConnection http, HttpRequestPacket request) {
        limiter.beginRequest(http);
        boolean health = request.getRequestURI().startsWith(HEALTH);
        if (!health && !limiter.admitsRequest(http)) {
            return refuse(context, request);
        }
        NextAction suspended = context.getSuspendAction();
        context.suspend();
        try {
            http.tasks.execute(health ? healthWorker : workers, () -> work(context));
            return suspended;
        } catch (RejectedExecutionException e) {
            return refuse(context, request);
        }
    }

    private NextAction refuse(FilterChainContext context, HttpRequestPacket request) {
        return responder.reject(
                context, request, RequestGuard.Verdict.OVERLOADED.status(), RequestGuard.Verdict.OVERLOADED.text());
    }

    private static void work(FilterChainContext context) {
        if (context.getConnection().isOpen()) {
            context.resumeNext();
        } else {
            context.completeAndRecycle();
        }
    }

    private void answered(Connection<?> connection) {
        HttpConnection http = ConnectionAddOn.http(connection);
        if (http != null) {
            limiter.responseQueued(http);
            ConnectionAddOn.afterOutputIsSent(connection, () -> limiter.responseSent(http));
        }
    }
}
