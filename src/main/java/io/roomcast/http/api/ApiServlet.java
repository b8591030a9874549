package io.roomcast.http.api;

import io.roomcast.config.HttpKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.http.LongResponse;
import io.roomcast.node.Threads;
import io.roomcast.service.Failure;
import io.roomcast.service.operations.Refusals;
import jakarta.inject.Inject;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * {@code /api/v1}, the operations for back ends and operators that {@code docs/openapi.yaml} describes. A request that
 * waits holds no thread. A request waits at most ten seconds for its body, five seconds for the keys that verify its
 * token, and five seconds for the relay.
 */
@WebServlet(name = "api", urlPatterns = ApiServlet.ADDRESS + "/*", asyncSupported = true)
public class ApiServlet extends HttpServlet {
    public static final String ADDRESS = "/api/v1";
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = System.getLogger(ApiServlet.class.getName());
    /** Timeout for the check of a token, and for the work of a route. */
    private static final long TIMEOUT_SECONDS = 5;

    @Inject
    private transient ApiAccess access;

    @Inject
    private transient RoomApi rooms;

    @Inject
    private transient SearchApi search;

    @Inject
    private transient SessionApi sessions;

    @Inject
    private transient ClusterApi cluster;

    @Inject
    private transient NodeApi node;

    @Inject
    private transient Refusals refusals;

    @Inject
    private transient RecordApi records;

    @Inject
    private transient RoomcastConfig config;

    @Inject
    private transient Threads threads;

    private transient RouteTable routes;

    @Override
    public void init() {
        routes = new RouteTable(rooms, search, sessions, cluster, node, records);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        try {
            serve(request, response);
        } catch (IOException e) {
            // Not thrown, because the server would log a stack trace for each client that goes away.
            LOG.log(Level.DEBUG, "the client is gone", e);
        }
    }

    private void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ApiRequest apiRequest = new ApiRequest(request);
        if (RouteTable.DESCRIPTIONS.stream().anyMatch(route -> route.isRouteOf(apiRequest))) {
            sendDescription(apiRequest.path().get(0), response);
            return;
        }
        String methods = routes.allowedMethods(apiRequest.path());
        if (request.getMethod().equals("OPTIONS") && !methods.isEmpty()) {
            response.setHeader("Allow", methods);
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        CompletableFuture<ApiCaller> caller =
                access.authenticate(request).thenApply(checked -> requirePermission(apiRequest, checked));
        if (caller.isCompletedExceptionally() || caller.isDone() && !apiRequest.mustReadBody()) {
            CompletableFuture<ApiAnswer> answer = caller.thenCompose(checked -> serve(apiRequest, checked));
            if (answer.isDone() && !isInParts(answer)) {
                write(apiRequest, answer, response);
            } else {
                writeWhenComplete(apiRequest, startAsync(apiRequest, request), response, answer);
            }
            return;
        }
        AsyncContext async = startAsync(apiRequest, request);
        CompletableFuture<Void> body =
                apiRequest.mustReadBody() ? apiRequest.read(threads) : CompletableFuture.completedFuture(null);
        CompletableFuture<ApiAnswer> answer = threads.within(TIMEOUT_SECONDS, caller)
                .thenCompose(checked -> body.thenComposeAsync(read -> serve(apiRequest, checked), async::start));
        writeWhenComplete(apiRequest, async, response, answer);
    }

    private static AsyncContext startAsync(ApiRequest apiRequest, HttpServletRequest request) {
        AsyncContext async = request.startAsync();
        // This timeout is longer than all other timeouts together. Otherwise the container would send a response of its
        // own, which has no error code. A streamed answer has a timeout for each of its parts.
        async.setTimeout(RecordApi.isStreamed(apiRequest) ? 0 : TimeUnit.SECONDS.toMillis(TIMEOUT_SECONDS * 6));
        return async;
    }

    private ApiCaller requirePermission(ApiRequest request, ApiCaller caller) {
        caller.require(routes.match(request.method(), request.path()).permission());
        return caller;
    }

    private CompletableFuture<ApiAnswer> serve(ApiRequest request, ApiCaller caller) {
        Route route = routes.match(request.method(), request.path());
        return threads.within(TIMEOUT_SECONDS, route.serve(request, caller));
    }

    /** Writes the response, and ends the asynchronous request, when the answer is complete. */
    private void writeWhenComplete(
            ApiRequest request, AsyncContext async, HttpServletResponse response, CompletableFuture<ApiAnswer> answer) {
        LongResponse embedded = request.longResponse();
        // Combined stages wait for each other, also when one of them has failed.
        var unused = answer.thenCombine(LongResponse.whenDispatched(embedded), (done, nothing) -> done)
                .whenComplete((done, failure) -> async.start(() -> {
                    if (failure == null && done.parts() != null) {
                        stream(request, async, response, done);
                        return;
                    }
                    try {
                        write(request, answer, response);
                        if (embedded != null || request.isBodyUnread()) {
                            response.flushBuffer();
                        }
                    } catch (IOException e) {
                        LOG.log(Level.DEBUG, "the client is gone", e);
                    } finally {
                        LongResponse.end(embedded, request.watch(), async, request.isBodyUnread());
                    }
                }));
    }

    /** @param answer must be complete */
    private static boolean isInParts(CompletableFuture<ApiAnswer> answer) {
        return !answer.isCompletedExceptionally() && answer.join().parts() != null;
    }

    private void stream(ApiRequest request, AsyncContext async, HttpServletResponse response, ApiAnswer answer) {
        StreamedAnswer streamed = new StreamedAnswer(
                answer.parts(),
                async,
                response,
                request.longResponse(),
                request.watch(),
                threads,
                config.get(HttpKeys.ANSWER_TIMEOUT).toMillis());
        try {
            answer.writeHead(response);
            streamed.begin(request.acceptsGzip(), request.isHead());
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "the client is gone", e);
            streamed.end();
        }
    }

    /** @param answer must be complete */
    private void write(ApiRequest request, CompletableFuture<ApiAnswer> answer, HttpServletResponse response)
            throws IOException {
        request.abandonBody(response);
        ApiAnswer result = answerOrFailure(request, answer);
        if (result.status() == HttpServletResponse.SC_METHOD_NOT_ALLOWED) {
            response.setHeader("Allow", routes.allowedMethods(request.path()));
        }
        result.write(response);
    }

    /** The answer, or the description of its failure. */
    private ApiAnswer answerOrFailure(ApiRequest request, CompletableFuture<ApiAnswer> answer) {
        try {
            return answer.join();
        } catch (RuntimeException e) {
            Failure failure = Failure.of(e);
            failure.log(LOG, "A request of the server API failed");
            refusals.inApi(failure.code().wire(), failure.text(), request.room(), request.remote(), failure.limit());
            return ApiAnswer.of(failure);
        }
    }

    /** @param file one of the descriptions */
    private static void sendDescription(String file, HttpServletResponse response) throws IOException {
        try (InputStream document = ApiServlet.class.getResourceAsStream(file)) {
            response.setContentType("application/yaml");
            document.transferTo(response.getOutputStream());
        }
    }
}
