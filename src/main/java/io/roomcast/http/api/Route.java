package io.roomcast.http.api;

import io.roomcast.identity.ApiPermission;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All operations of the server API. Requests are matched against these only. A test compares them with
 * {@code docs/openapi.yaml}. A new route needs one line here, a method that serves it, and a description in that file.
 */
enum Route {
    /** Needs no key. {@link ApiServlet} serves it itself. */
    DESCRIPTION("GET", "/openapi.yaml", null, null),
    PUBLISH("POST", "/rooms/{room}/messages", ApiPermission.PUBLISH, later((rooms, r, c) -> rooms.publish(r, c))),
    BROADCAST("POST", "/broadcast", ApiPermission.PUBLISH, later((rooms, r, c) -> rooms.broadcast(r, c))),
    HISTORY("GET", "/rooms/{room}/messages", ApiPermission.READ, later((rooms, r, c) -> rooms.history(r, c))),
    MEMBERS("GET", "/rooms/{room}/members", ApiPermission.READ, later((rooms, r, c) -> rooms.members(r, c))),
    ROOMS("GET", "/rooms", ApiPermission.READ, later((rooms, r, c) -> done(rooms.rooms(r, c)))),
    DISCONNECT("POST", "/users/{user}/disconnect", ApiPermission.OPERATE, now((node, r) -> node.disconnect(r))),
    NODE("GET", "/node", ApiPermission.OPERATE, now((node, r) -> node.figures())),
    PROGRESS("GET", "/node/drain", ApiPermission.OPERATE, now((node, r) -> node.progress())),
    DRAIN("POST", "/node/drain", ApiPermission.OPERATE, now((node, r) -> node.drain(r))),
    UNDRAIN("POST", "/node/undrain", ApiPermission.OPERATE, now((node, r) -> node.undrain())),
    REBALANCE("POST", "/node/rebalance", ApiPermission.OPERATE, now((node, r) -> node.rebalance(r)));

    /** Serves a request whose caller has the permission. */
    interface Handler {
        CompletionStage<ApiAnswer> serve(RoomApi rooms, NodeApi node, ApiRequest request, ApiCaller caller);
    }

    private interface RoomHandler {
        CompletionStage<ApiAnswer> serve(RoomApi rooms, ApiRequest request, ApiCaller caller);
    }

    private interface NodeHandler {
        ApiAnswer serve(NodeApi node, ApiRequest request);
    }

    private final String method;
    private final List<String> path;
    private final ApiPermission permission;
    private final Handler handler;

    /**
     * @param path as in OpenAPI, with names in braces
     * @param permission the permission that the caller needs; null for a route that needs no key
     * @param handler null for a route that {@link ApiServlet} serves itself
     */
    Route(String method, String path, ApiPermission permission, Handler handler) {
        this.method = method;
        this.path = List.of(path.substring(1).split("/", -1));
        this.permission = permission;
        this.handler = handler;
    }

    private static Handler later(RoomHandler handler) {
        return (rooms, node, request, caller) -> handler.serve(rooms, request, caller);
    }

    private static Handler now(NodeHandler handler) {
        return (rooms, node, request, caller) -> done(handler.serve(node, request));
    }

    private static CompletionStage<ApiAnswer> done(ApiAnswer answer) {
        return CompletableFuture.completedFuture(answer);
    }

    /**
     * @param path the decoded segments
     * @throws ProtocolException {@code not_found} if no route has this path; {@code method_not_allowed} if none of
     *     those that have it has this method
     */
    static Route of(String method, List<String> path) {
        List<Route> known = at(path).toList();
        if (known.isEmpty()) {
            throw new ProtocolException(ErrorCode.NOT_FOUND, "no such address; /api/v1/openapi.yaml lists them");
        }
        return known.stream()
                .filter(route -> route.method.equals(method))
                .findFirst()
                .orElseThrow(() ->
                        new ProtocolException(ErrorCode.METHOD_NOT_ALLOWED, "this address does not take this method"));
    }

    /** The methods of a path, in the format of the header {@code Allow}; empty if no route has this path. */
    static String allowed(List<String> path) {
        List<String> methods = at(path).map(route -> route.method).sorted().toList();
        return methods.isEmpty()
                ? ""
                : methods.stream()
                        .map(method -> method.equals("GET") ? "GET, HEAD" : method)
                        .collect(Collectors.joining(", ", "", ", OPTIONS"));
    }

    private static Stream<Route> at(List<String> path) {
        return Arrays.stream(values()).filter(route -> route.matches(path));
    }

    private boolean matches(List<String> other) {
        boolean same = path.size() == other.size();
        for (int i = 0; same && i < path.size(); i++) {
            same = path.get(i).startsWith("{") || path.get(i).equals(other.get(i));
        }
        return same;
    }

    boolean isAskedBy(ApiRequest request) {
        return method.equals(request.method()) && matches(request.path());
    }

    /** Null for a route that needs no key. */
    ApiPermission permission() {
        return permission;
    }

    CompletionStage<ApiAnswer> serve(RoomApi rooms, NodeApi node, ApiRequest request, ApiCaller caller) {
        return handler.serve(rooms, node, request, caller);
    }

    /** The method and the path in the notation of OpenAPI, such as {@code GET /rooms/{room}/members}. */
    @Override
    public String toString() {
        return method + " /" + String.join("/", path);
    }
}
