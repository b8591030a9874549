package io.roomcast.http.api;

import io.roomcast.metrics.NodeMetrics;
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
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * {@code /api/v1}: what back ends and operators may do, as {@code docs/openapi.yaml} describes it. A request that has to wait for its body or for
 * the relay holds no thread meanwhile. It waits for ten seconds at most for its body, for five for keys to check its token with, and for five for the relay.
 */
@WebServlet(name = "api", urlPatterns = ApiServlet.ADDRESS + "/*", asyncSupported = true)
public class ApiServlet extends HttpServlet {
    public static final String ADDRESS = "/api/v1";
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = System.getLogger(ApiServlet.class.getName());
    private static final long PATIENCE_SECONDS = 5;

    @Inject
    private transient ApiAccess access;

    @Inject
    private transient RoomApi rooms;

    @Inject
    private transient NodeApi node;

    @Inject
    private transient NodeMetrics metrics;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ApiRequest asked = new ApiRequest(request);
        if (asked.route().equals(ApiRoutes.DESCRIPTION)) {
            describe(response);
            return;
        }
        String methods = ApiRoutes.methods(asked.route());
        if (request.getMethod().equals("OPTIONS") && !methods.isEmpty()) {
            response.setHeader("Allow", methods);
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        CompletableFuture<ApiCaller> caller = access.caller(request).thenApply(known -> admitted(asked, known));
        if (caller.isCompletedExceptionally() || caller.isDone() && !asked.hasBody()) {
            CompletableFuture<ApiAnswer> answer = caller.thenCompose(known -> serve(asked, known));
            if (answer.isDone()) {
                write(asked, answer, response);
            } else {
                finish(asked, begin(request), response, answer);
            }
            return;
        }
        AsyncContext async = begin(request);
        CompletableFuture<Void> body = asked.hasBody() ? asked.read() : CompletableFuture.completedFuture(null);
        CompletableFuture<ApiAnswer> answer = caller.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .thenCompose(known -> body.thenComposeAsync(read -> serve(asked, known), async::start));
        finish(asked, async, response, answer);
    }

    private static AsyncContext begin(HttpServletRequest request) {
        AsyncContext async = request.startAsync();
        // The container's own limit must not come first: its answer would have no code.
        async.setTimeout(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS * 6));
        return async;
    }

    private static ApiCaller admitted(ApiRequest request, ApiCaller caller) {
        caller.require(ApiRoutes.permission(request.route()));
        return caller;
    }

    private CompletableFuture<ApiAnswer> serve(ApiRequest request, ApiCaller caller) {
        CompletionStage<ApiAnswer> answer = switch (request.route()) {
            case "POST rooms/*/messages" -> rooms.publish(request, caller);
            case "GET rooms/*/messages" -> rooms.history(request, caller);
            case "GET rooms/*/members" -> rooms.members(request, caller);
            case "POST broadcast" -> rooms.broadcast(request, caller);
            default -> CompletableFuture.completedFuture(here(request, caller));
        };
        return answer.toCompletableFuture().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Requests that are answered from what this node knows. */
    private ApiAnswer here(ApiRequest request, ApiCaller caller) {
        return switch (request.route()) {
            case "GET rooms" -> rooms.rooms(request, caller);
            case "POST users/*/disconnect" -> node.disconnect(request);
            case "GET node" -> node.figures();
            case "GET node/drain" -> node.progress();
            case "POST node/drain" -> node.drain(request);
            case "POST node/undrain" -> node.undrain();
            case "POST node/rebalance" -> node.rebalance(request);
            default -> throw new IllegalStateException(request.route() + " is in the list, and nowhere else");
        };
    }

    private void finish(
            ApiRequest request, AsyncContext async, HttpServletResponse response, CompletableFuture<ApiAnswer> answer) {
        var unused = answer.whenComplete((done, failure) -> async.start(() -> {
            try {
                write(request, answer, response);
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "the one who asked is gone", e);
            } finally {
                async.complete();
            }
        }));
    }

    /** @param answer done */
    private void write(ApiRequest request, CompletableFuture<ApiAnswer> answer, HttpServletResponse response)
            throws IOException {
        request.leave(response);
        ApiAnswer settled = settled(answer);
        if (settled.status() == HttpServletResponse.SC_METHOD_NOT_ALLOWED) {
            response.setHeader("Allow", ApiRoutes.methods(request.route()));
        }
        settled.write(response);
    }

    private ApiAnswer settled(CompletableFuture<ApiAnswer> answer) {
        try {
            return answer.join();
        } catch (RuntimeException e) {
            ApiAnswer refusal = ApiAnswer.of(e);
            metrics.refused(ApiAnswer.problem(e).code());
            return refusal;
        }
    }

    private static void describe(HttpServletResponse response) throws IOException {
        try (InputStream document = ApiServlet.class.getResourceAsStream("openapi.yaml")) {
            response.setContentType("application/yaml");
            document.transferTo(response.getOutputStream());
        }
    }
}
