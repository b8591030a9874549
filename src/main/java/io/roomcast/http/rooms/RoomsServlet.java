package io.roomcast.http.rooms;

import io.roomcast.config.LimitKeys;
import io.roomcast.http.LongResponse;
import io.roomcast.http.RequestBody;
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
import java.util.concurrent.CompletableFuture;

/**
 * {@code /http}: rooms for clients that cannot use WebSockets, as {@code docs/protocol.md} describes it. A request that
 * waits holds no thread.
 */
@WebServlet(name = "rooms", urlPatterns = RoomsServlet.ADDRESS + "/*", asyncSupported = true)
public class RoomsServlet extends HttpServlet {
    public static final String ADDRESS = "/http";
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = System.getLogger(RoomsServlet.class.getName());
    private static final String POLL = "/poll";

    @Inject
    private transient Callers callers;

    @Inject
    private transient Polls polls;

    @Inject
    private transient Refusals refusals;

    @Inject
    private transient Limits limits;

    @Inject
    private transient Threads threads;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        LongResponse embedded = (LongResponse) request.getAttribute(LongResponse.ATTRIBUTE);
        String remote = request.getRemoteAddr();
        String path = request.getPathInfo();
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        CompletableFuture<byte[]> body;
        RoomsRequest head;
        try {
            head = RoomsRequest.of(request);
            requireMethod(request.getMethod(), path, response);
            body = RequestBody.of(
                    request.getInputStream(),
                    request.getContentLengthLong(),
                    (int) Math.min(Integer.MAX_VALUE, limits.get(LimitKeys.FRAME_BYTES)),
                    threads);
        } catch (ProtocolException e) {
            refuse(new RoomsResponse(async, response, false, embedded), e, remote);
            return;
        }
        RoomsResponse answer = new RoomsResponse(async, response, head.acceptsGzip(), embedded);
        var unused = callers.callerOf(head)
                .thenCombine(body, (caller, bytes) -> {
                    polls.serve(head, caller, bytes, answer);
                    return null;
                })
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        refuse(answer, failure, remote);
                    }
                });
    }

    private static void requireMethod(String method, String path, HttpServletResponse response) {
        if (!POLL.equals(path)) {
            throw new ProtocolException(ErrorCode.NOT_FOUND, "nothing is here");
        }
        if (!method.equals("POST")) {
            response.setHeader("Allow", "POST");
            throw new ProtocolException(ErrorCode.METHOD_NOT_ALLOWED, "this address takes POST");
        }
    }

    private void refuse(RoomsResponse response, Throwable cause, String remote) {
        Failure failure = Failure.of(cause);
        failure.log(LOG, "A request over HTTP failed");
        refusals.atHandshake(null, failure.code().wire(), failure.text(), null, null, remote);
        response.sendFailure(failure, callers.challenge(failure));
    }
}
