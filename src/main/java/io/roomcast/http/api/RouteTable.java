package io.roomcast.http.api;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All operations of the server API. A test compares the operations with {@code docs/openapi.yaml}. Immutable.
 */
final class RouteTable {
    /**
     * The routes of the descriptions: of this API, and of the WebSocket. {@link ApiServlet} serves these routes itself,
     * without a key.
     */
    static final List<Route> DESCRIPTIONS =
            List.of(new Route("GET", "/openapi.yaml", null, null), new Route("GET", "/asyncapi.yaml", null, null));

    private final List<Route> routes;

    RouteTable(
            RoomApi rooms, SearchApi search, SessionApi sessions, ClusterApi cluster, NodeApi node, RecordApi records) {
        routes = Stream.of(
                        DESCRIPTIONS,
                        rooms.routes(),
                        search.routes(),
                        sessions.routes(),
                        cluster.routes(),
                        node.routes(),
                        records.routes())
                .flatMap(List::stream)
                .toList();
    }

    List<Route> all() {
        return routes;
    }

    /**
     * Finds the route of a request.
     *
     * @param path the decoded segments
     * @throws ProtocolException {@code not_found} if no route has this path; {@code method_not_allowed} if routes have
     *     this path, but none has this method
     */
    Route match(String method, List<String> path) {
        List<Route> ofPath = withPath(path).toList();
        if (ofPath.isEmpty()) {
            throw new ProtocolException(ErrorCode.NOT_FOUND, "no such address; /api/v1/openapi.yaml lists them");
        }
        return ofPath.stream()
                .filter(route -> route.method().equals(method))
                .findFirst()
                .orElseThrow(() ->
                        new ProtocolException(ErrorCode.METHOD_NOT_ALLOWED, "this address does not take this method"));
    }

    /** The methods of a path, in the format of the header {@code Allow}; empty if no route has this path. */
    String allowedMethods(List<String> path) {
        List<String> methods = withPath(path).map(Route::method).sorted().toList();
        return methods.isEmpty()
                ? ""
                : methods.stream()
                        .map(method -> method.equals("GET") ? "GET, HEAD" : method)
                        .collect(Collectors.joining(", ", "", ", OPTIONS"));
    }

    private Stream<Route> withPath(List<String> path) {
        return routes.stream().filter(route -> route.matches(path));
    }
}
