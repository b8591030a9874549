package io.roomcast.standalone;

import io.roomcast.http.LongResponse;
import io.roomcast.http.rooms.RoomsServlet;
import io.roomcast.service.admission.Verdict;
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
 * Hands HTTP requests to worker threads, so that selector threads stay free. A connection has one request at a time.
 * The next request is handed over when the network has taken the whole response. No thread waits for a client. Client
 * addresses take turns.
 */
final class RequestDispatchAddOn extends BaseFilter implements AddOn {
    /** Marks the head of a request that was handed over. Parts of its body arrive with the same head. */
    private static final String HANDED_OVER = RequestDispatchAddOn.class.getName();
    /** A thread of its own answers these requests, so that operators get a response from a busy node. */
    private static final String HEALTH_PATH = "/health/";

    private static final String POLL_PATH = RoomsServlet.ADDRESS + RoomsServlet.POLL;
    private static final String EVENTS_PATH = RoomsServlet.ADDRESS + RoomsServlet.EVENTS;

    private final ConnectionLimiter limiter;
    private final ErrorResponder responder;
    private final WorkerTurns workers;
    private final Executor healthWorker;

    /**
     * @param workers rejects tasks when its queue is full
     * @param healthWorker the same, for requests below {@code /health/}
     */
    RequestDispatchAddOn(ConnectionLimiter limiter, ErrorResponder responder, Executor workers, Executor healthWorker) {
        this.healthWorker = healthWorker;
        this.limiter = limiter;
        this.responder = responder;
        this.workers = new WorkerTurns(workers);
    }

    @Override
    public void setup(NetworkListener listener, FilterChainBuilder chain) {
        int server = chain.indexOfType(HttpServerFilter.class);
        HttpServerFilter filter = (HttpServerFilter) chain.get(server);
        filter.getMonitoringConfig().addProbes(new HttpServerProbe.Adapter() {
            @Override
            @SuppressWarnings("rawtypes")
            public void onRequestCompleteEvent(HttpServerFilter served, Connection connection, Response response) {
                onResponseComplete(connection);
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
        if (request.getAttribute(HANDED_OVER) != null) {
            return dispatchBodyPart(context, http, (QueuedResponse) request.getAttribute(LongResponse.ATTRIBUTE));
        }
        request.setAttribute(HANDED_OVER, HANDED_OVER);
        NextAction suspended = context.getSuspendAction();
        if (request.isContentBroken()) {
            // Grizzly has answered the request and closes the connection.
            context.suspend();
            context.completeAndRecycle();
            return suspended;
        }
        if (http.socket.queuedBytes() == 0) {
            return dispatch(context, http, request, content.isLast());
        }
        boolean isWhole = content.isLast();
        context.suspend();
        ConnectionAddOn.afterOutputIsSent(connection, () -> dispatch(context, http, request, isWhole));
        return suspended;
    }

    /**
     * Hands over a later part of a body. It is processed after the head, because otherwise two threads would read the
     * same buffer of Grizzly. A part that comes after the end of its request is dropped.
     *
     * @param response null if the request is over, or was refused
     */
    private NextAction dispatchBodyPart(FilterChainContext context, HttpConnection http, QueuedResponse response) {
        NextAction suspended = context.getSuspendAction();
        context.suspend();
        try {
            http.tasks.execute(workers.of(http.network), () -> process(context, response));
        } catch (RejectedExecutionException e) {
            context.getConnection().closeSilently();
            context.completeAndRecycle();
        }
        return suspended;
    }

    /** @param isWhole whether the body has arrived, too */
    private NextAction dispatch(
            FilterChainContext context, HttpConnection http, HttpRequestPacket request, boolean isWhole) {
        limiter.beginRequest(http);
        QueuedResponse response = new QueuedResponse(context, http, limiter, responder);
        request.setAttribute(LongResponse.ATTRIBUTE, response);
        String path = request.getRequestURI();
        boolean health = path.startsWith(HEALTH_PATH);
        boolean mayBeDropped = isWhole && (path.equals(POLL_PATH) || path.equals(EVENTS_PATH));
        if (mayBeDropped && isGone(http)) {
            NextAction suspended = context.getSuspendAction();
            context.suspend();
            drop(context);
            return suspended;
        }
        if (!health && !limiter.tryAdmitRequest(http)) {
            return refuse(context, request);
        }
        NextAction suspended = context.getSuspendAction();
        context.suspend();
        try {
            http.tasks.execute(health ? healthWorker : workers.of(http.network), () -> {
                try {
                    if (mayBeDropped && isGone(http)) {
                        drop(context);
                    } else {
                        process(context, response);
                    }
                } finally {
                    response.servletHasReturned();
                }
            });
            return suspended;
        } catch (RejectedExecutionException e) {
            return refuse(context, request);
        }
    }

    /** Whether nobody reads the answer. Such requests cost little, so a client that drops thousands harms nobody. */
    private static boolean isGone(HttpConnection http) {
        return !http.socket.hasUnread() && http.socket.hasEnded();
    }

    private static void drop(FilterChainContext context) {
        context.getConnection().terminateSilently();
        context.completeAndRecycle();
    }

    private NextAction refuse(FilterChainContext context, HttpRequestPacket request) {
        return responder.reject(context, request, Verdict.OVERLOADED);
    }

    private static void process(FilterChainContext context, QueuedResponse response) {
        if (context.getConnection().isOpen() && response != null && !response.isOver()) {
            context.resumeNext();
        } else {
            context.completeAndRecycle();
        }
    }

    private void onResponseComplete(Connection<?> connection) {
        HttpConnection http = ConnectionAddOn.http(connection);
        if (http != null) {
            http.whenClosed = null;
            limiter.responseQueued(http);
            ConnectionAddOn.afterOutputIsSent(connection, () -> limiter.responseSent(http));
        }
    }
}
