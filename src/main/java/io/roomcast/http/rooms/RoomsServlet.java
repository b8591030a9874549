package io.roomcast.http.rooms;

import io.roomcast.config.LimitKeys;
import io.roomcast.http.ConnectionWatch;
import io.roomcast.http.LongResponse;
import io.roomcast.http.PageAccess;
import io.roomcast.http.RequestBody;
import io.roomcast.http.UnreadBody;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.Threads;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.service.Failure;
import io.roomcast.service.operations.Refusals;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code /http}: rooms for clients that cannot use WebSockets, as {@code docs/protocol.md} describes it. A request that
 * waits holds no thread.
 */
@WebServlet(name = "rooms", urlPatterns = RoomsServlet.ADDRESS + "/*", asyncSupported = true)
public class RoomsServlet extends HttpServlet {
    public static final String ADDRESS = "/http";
    public static final String POLL = "/poll";
    public static final String EVENTS = "/events";
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = System.getLogger(RoomsServlet.class.getName());
    private static final String SEND = "/send";

    @Inject
    private transient Callers callers;

    @Inject
    private transient Polls polls;

    @Inject
    private transient Sends sends;

    @Inject
    private transient EventStreams events;

    @Inject
    private transient UnreadAnswers unread;

    @Inject
    private transient Refusals refusals;

    @Inject
    private transient NodeMetrics metrics;

    @Inject
    private transient Limits limits;

    @Inject
    private transient Threads threads;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getMethod().equals("OPTIONS")) {
            response.setHeader("Allow", PageAccess.METHODS + ", OPTIONS");
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        LongResponse embedded = LongResponse.of(request);
        ConnectionWatch watch = ConnectionWatch.of(request);
        String remote = request.getRemoteAddr();
        String path = request.getPathInfo();
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        CompletableFuture<byte[]> body;
        RoomsRequest head;
        try {
            head = RoomsRequest.of(request);
            requireMethod(request.getMethod(), path, response);
            body = path.equals(EVENTS)
                    ? CompletableFuture.completedFuture(new byte[0])
                    : RequestBody.of(
                            request.getInputStream(),
                            request.getContentLengthLong(),
                            (int) Math.min(Integer.MAX_VALUE, limits.get(LimitKeys.FRAME_BYTES)),
                            threads);
        } catch (ProtocolException e) {
            RoomsResponse refusal = new RoomsResponse(async, response, false, embedded, watch, unread);
            abandonBody(request, response, refusal);
            refuse(refusal, e, remote);
            return;
        }
        RoomsResponse answer = new RoomsResponse(async, response, head.acceptsGzip(), embedded, watch, unread);
        // Combined stages wait for each other, also when one of them has failed.
        var unused = callers.callerOf(head)
                .thenCombine(LongResponse.whenDispatched(embedded), (caller, nothing) -> caller)
                .thenCombine(body, (caller, bytes) -> {
                    serve(path, head, caller, bytes, answer);
                    return null;
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        if (!body.isDone() || body.isCompletedExceptionally()) {
                            abandonBody(request, response, answer);
                        }
                        refuse(answer, failure, remote);
                    }
                });
    }

    private void serve(String path, RoomsRequest head, Callers.Caller caller, byte[] body, RoomsResponse response) {
        if (!path.equals(SEND) && response.isAbandoned()) {
            response.end();
            return;
        }
        switch (path) {
            case POLL -> {
                polls.serve(head, caller, body, response);
                metrics.increment(Counter.HTTP_POLLS);
            }
            case SEND -> {
                sends.serve(head, caller, body, response);
                metrics.increment(Counter.HTTP_SENDS);
            }
            default -> {
                events.serve(head, caller, response);
                metrics.increment(Counter.HTTP_EVENTS);
            }
        }
    }

    private static void requireMethod(String method, String path, HttpServletResponse response) {
        if (!List.of(POLL, SEND, EVENTS).contains(path)) {
            throw new ProtocolException(ErrorCode.NOT_FOUND, "nothing is here");
        }
        String wanted = path.equals(EVENTS) ? "GET" : "POST";
        if (!method.equals(wanted)) {
            response.setHeader("Allow", wanted + ", OPTIONS");
            throw new ProtocolException(ErrorCode.METHOD_NOT_ALLOWED, "this address takes " + wanted);
        }
    }

    private static void abandonBody(HttpServletRequest request, HttpServletResponse response, RoomsResponse refusal) {
        if (UnreadBody.hasBody(request)) {
            UnreadBody.abandon(request, response);
            refusal.leaveBodyUnread();
        }
    }

    private void refuse(RoomsResponse response, Throwable cause, String remote) {
        Failure failure = Failure.of(cause);
        failure.log(LOG, "A request over HTTP failed");
        refusals.atHandshake(null, failure.code().wire(), failure.text(), null, null, remote);
        response.sendFailure(failure, callers.challenge(failure));
    }
}
