package io.roomcast.http;

import io.roomcast.identity.ApiPermission;
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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * {@code /api/v1}: what back ends and operators may do, as {@code docs/openapi.yaml} describes it. A request that has to wait for the relay
 * holds no thread meanwhile, and waits for five seconds at most, after five more at most for keys to check its token with.
 */
@WebServlet(name = "api", urlPatterns = "/api/v1/*", asyncSupported = true)
public class ApiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = System.getLogger(ApiServlet.class.getName());
    private static final long PATIENCE_SECONDS = 5;
    /** All that there is, and so what tells a wrong method from a wrong path; with what a token has to allow. */
    private static final Map<String, ApiPermission> ROUTES = Map.ofEntries(
            Map.entry("POST rooms/*/messages", ApiPermission.PUBLISH),
            Map.entry("POST broadcast", ApiPermission.PUBLISH),
            Map.entry("GET rooms/*/messages", ApiPermission.READ),
            Map.entry("GET rooms/*/members", ApiPermission.READ),
            Map.entry("GET rooms", ApiPermission.READ),
            Map.entry("POST users/*/disconnect", ApiPermission.OPERATE),
            Map.entry("GET node", ApiPermission.OPERATE),
            Map.entry("GET node/drain", ApiPermission.OPERATE),
            Map.entry("POST node/drain", ApiPermission.OPERATE),
            Map.entry("POST node/undrain", ApiPermission.OPERATE),
            Map.entry("POST node/rebalance", ApiPermission.OPERATE));

    private static final String DESCRIPTION = "GET openapi.yaml";

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
        if (asked.route().equals(DESCRIPTION)) {
            describe(response);
            return;
        }
        CompletableFuture<ApiCaller> caller = access.caller(request);
        CompletableFuture<ApiAnswer> answer = caller.isDone() ? serve(asked, caller) : null;
        if (answer != null && answer.isDone()) {
            settled(answer).write(response);
            return;
        }
        AsyncContext async = request.startAsync();
        // The container's own limit must not come first: its answer would have no code.
        async.setTimeout(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS * 3));
        if (answer != null) {
            finish(async, response, answer);
        } else {
            var unused = caller.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .whenComplete((known, failure) -> async.start(() -> finish(async, response, serve(asked, caller))));
        }
    }

    /** @param caller done already */
    private CompletableFuture<ApiAnswer> serve(ApiRequest request, CompletableFuture<ApiCaller> caller) {
        try {
            return route(request, caller.join()).toCompletableFuture();
        } catch (RuntimeException | IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<ApiAnswer> route(ApiRequest request, ApiCaller caller) throws IOException {
        ApiPermission needed = ROUTES.get(request.route());
        if (needed == null) {
            throw nowhere(request.route());
        }
        caller.require(needed);
        return switch (request.route()) {
            case "POST rooms/*/messages" -> rooms.publish(request, caller);
            case "GET rooms/*/messages" -> rooms.history(request, caller);
            case "GET rooms/*/members" -> rooms.members(request, caller);
            case "POST broadcast" -> rooms.broadcast(request, caller);
            default -> CompletableFuture.completedFuture(here(request, caller));
        };
    }

    /** Requests that are answered from what this node knows. */
    private ApiAnswer here(ApiRequest request, ApiCaller caller) throws IOException {
        return switch (request.route()) {
            case "GET rooms" -> rooms.rooms(request, caller);
            case "POST users/*/disconnect" -> node.disconnect(request);
            case "GET node" -> node.figures();
            case "GET node/drain" -> node.progress();
            case "POST node/drain" -> node.drain(request);
            case "POST node/undrain" -> node.undrain();
            case "POST node/rebalance" -> node.rebalance(request);
            default -> throw nowhere(request.route());
        };
    }

    private static ApiException nowhere(String route) {
        String path = route.substring(route.indexOf(' '));
        return ROUTES.keySet().stream().anyMatch(known -> known.endsWith(path))
                ? new ApiException(405, "method_not_allowed", "this address does not take this method")
                : new ApiException(404, "not_found", "no such address; /api/v1/openapi.yaml lists them");
    }

    private void finish(AsyncContext async, HttpServletResponse response, CompletableFuture<ApiAnswer> answer) {
        var unused = answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .whenComplete((done, failure) -> async.start(() -> {
                    try {
                        settled(answer).write(response);
                    } catch (IOException e) {
                        LOG.log(Level.DEBUG, "the one who asked is gone", e);
                    } finally {
                        async.complete();
                    }
                }));
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
