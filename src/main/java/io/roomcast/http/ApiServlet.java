package io.roomcast.http;

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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * {@code /api/v1}: what back ends and operators may do, as {@code docs/openapi.yaml} describes it. A request that has to wait for the relay
 * holds no thread meanwhile, and waits for five seconds at most.
 */
@WebServlet(name = "api", urlPatterns = "/api/v1/*", asyncSupported = true)
public class ApiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = System.getLogger(ApiServlet.class.getName());
    private static final long PATIENCE_SECONDS = 5;
    /** All that there is, and so what tells a wrong method from a wrong path. */
    private static final Set<String> ROUTES = Set.of(
            "POST rooms/*/messages",
            "GET rooms/*/messages",
            "GET rooms/*/members",
            "GET rooms",
            "POST broadcast",
            "POST users/*/disconnect",
            "GET node",
            "GET node/drain",
            "POST node/drain",
            "POST node/undrain",
            "POST node/rebalance",
            "GET openapi.yaml");

    @Inject
    private transient ApiKey key;

    @Inject
    private transient RoomApi rooms;

    @Inject
    private transient NodeApi node;

    @Inject
    private transient NodeMetrics metrics;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ApiRequest asked = new ApiRequest(request);
        if (asked.route().equals("GET openapi.yaml")) {
            describe(response);
            return;
        }
        CompletableFuture<ApiAnswer> answer;
        try {
            key.check(request);
            answer = route(asked).toCompletableFuture();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone()) {
            settled(answer).write(response);
        } else {
            later(request, response, answer);
        }
    }

    private CompletionStage<ApiAnswer> route(ApiRequest request) throws IOException {
        return switch (request.route()) {
            case "POST rooms/*/messages" -> rooms.publish(request);
            case "GET rooms/*/messages" -> rooms.history(request);
            case "GET rooms/*/members" -> rooms.members(request);
            case "POST broadcast" -> rooms.broadcast(request);
            default -> CompletableFuture.completedFuture(here(request));
        };
    }

    /** Requests that are answered from what this node knows. */
    private ApiAnswer here(ApiRequest request) throws IOException {
        return switch (request.route()) {
            case "GET rooms" -> rooms.rooms(request);
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
        return ROUTES.stream().anyMatch(known -> known.endsWith(path))
                ? new ApiException(405, "method_not_allowed", "this address does not take this method")
                : new ApiException(404, "not_found", "no such address; /api/v1/openapi.yaml lists them");
    }

    private void later(HttpServletRequest request, HttpServletResponse response, CompletableFuture<ApiAnswer> answer) {
        AsyncContext async = request.startAsync();
        // The container's own limit must not come first: its answer would have no code.
        async.setTimeout(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS * 2));
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
