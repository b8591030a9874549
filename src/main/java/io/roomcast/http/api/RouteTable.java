package io.roomcast.http.api;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All operations of the server API. Requests are matched against these only. A test compares them with
 * {@code docs/openapi.yaml}.
 */
final class RouteTable {
    /** Needs no key. {@link ApiServlet} serves it itself. */
    static final Route DESCRIPTION = new Route("GET", "/openapi.yaml", null, null);

    private final List<Route> routes;

    RouteTable(RoomApi rooms, NodeApi node) {
        routes = Stream.of(List.of(DESCRIPTION), rooms.routes(), node.routes())
                .flatMap(List::stream)
                .toList();
    }

    List<Route> all() {
        return routes;
    }

    /**
     * @param path the decoded segments
     * @throws ProtocolException {@code not_found} if no route has this path; {@code method_not_allowed} if none of
     *     those that have it has this method
     */
    Route of(String method, List<String> path) {
        List<Route> known = at(path).toList();
        if (known.isEmpty()) {
            throw new ProtocolException(ErrorCode.NOT_FOUND, "no such address; /api/v1/openapi.yaml lists them");
        }
        return known.stream()
                .filter(route -> route.method().equals(method))
                .findFirst()
                .orElseThrow(() ->
                        new ProtocolException(ErrorCode.METHOD_NOT_ALLOWED, "this address does not take this method"));
    }

    /** The methods of a path, in the format of the header {@code Allow}; empty if no route has this path. */
    String allowed(List<String> path) {
        List<String> methods = at(path).map(Route::method).sorted().toList();
        return methods.isEmpty()
                ? ""
                : methods.stream()
                        .map(method -> method.equals("GET") ? "GET, HEAD" : method)
                        .collect(Collectors.joining(", ", "", ", OPTIONS"));
    }

    private Stream<Route> at(List<String> path) {
        return routes.stream().filter(route -> route.matches(path));
    }
}
