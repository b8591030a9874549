package io.roomcast.standalone;

import io.roomcast.service.Guard;
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
 * Has HTTP requests worked on by threads of their own, never by those that read and write for all: one request of a connection at a time, the next when the answer before it
 * has been taken whole, and of all connections in turn. No thread waits for a client.
 */
final class RequestsAddOn extends BaseFilter implements AddOn {
    /** Marks a request that was handed over: its body comes with the same head again. */
    private static final String SEEN = RequestsAddOn.class.getName();
    /** Who runs the node asks for it when there is too much of everything. */
    private static final String HEALTH = "/health/";

    private final Door door;
    private final Refusal refusal;
    private final Executor workers;
    private final Executor healthWorker;

    /**
     * @param workers refuses what is too much
     * @param healthWorker the same, for what asks for the health of the node
     */
    RequestsAddOn(Door door, Refusal refusal, Executor workers, Executor healthWorker) {
        this.healthWorker = healthWorker;
        this.door = door;
        this.refusal = refusal;
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
        Visit visit = DoorAddOn.visit(connection);
        if (visit == null
                || !(context.getMessage() instanceof HttpContent content)
                || !(content.getHttpHeader() instanceof HttpRequestPacket request)) {
            return context.getInvokeAction();
        }
        if (request.getAttribute(SEEN) != null) {
            return goOn(context, visit);
        }
        request.setAttribute(SEEN, SEEN);
        NextAction suspended = context.getSuspendAction();
        if (request.isContentBroken()) {
            // Grizzly has answered it, and ends the connection. Worked on, it would fail or not, as the end comes later
            // or sooner.
            context.suspend();
            context.completeAndRecycle();
            return suspended;
        }
        if (visit.line.queued() == 0) {
            return begin(context, visit, request);
        }
        context.suspend();
        DoorAddOn.afterAllIsTaken(connection, () -> begin(context, visit, request));
        return suspended;
    }

    /** With the body of a request: not while another thread is still at the beginning, since Grizzly would have both read it. */
    private NextAction goOn(FilterChainContext context, Visit visit) {
        NextAction suspended = context.getSuspendAction();
        context.suspend();
        try {
            visit.work.execute(workers, () -> work(context));
        } catch (RejectedExecutionException e) {
            context.getConnection().closeSilently();
            context.completeAndRecycle();
        }
        return suspended;
    }

    private NextAction begin(FilterChainContext context, Visit visit, HttpRequestPacket request) {
        door.begins(visit);
        boolean health = request.getRequestURI().startsWith(HEALTH);
        if (!health && !door.admits(visit)) {
            return refuse(context, request);
        }
        NextAction suspended = context.getSuspendAction();
        context.suspend();
        try {
            visit.work.execute(health ? healthWorker : workers, () -> work(context));
            return suspended;
        } catch (RejectedExecutionException e) {
            return refuse(context, request);
        }
    }

    private NextAction refuse(FilterChainContext context, HttpRequestPacket request) {
        return refusal.of(context, request, Guard.Verdict.CROWDED.status(), Guard.Verdict.CROWDED.text());
    }

    private static void work(FilterChainContext context) {
        if (context.getConnection().isOpen()) {
            context.resumeNext();
        } else {
            context.completeAndRecycle();
        }
    }

    private void answered(Connection<?> connection) {
        Visit visit = DoorAddOn.visit(connection);
        if (visit != null) {
            door.answers(visit);
            DoorAddOn.afterAllIsTaken(connection, () -> door.isTaken(visit));
        }
    }
}
