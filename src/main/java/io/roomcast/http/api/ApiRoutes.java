package io.roomcast.http.api;

import io.roomcast.identity.ApiPermission;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that the server API answers to, and so what tells a wrong method from a wrong path; a route is a method and a path with names left out. */
final class ApiRoutes {
    /** Asks for no key. */
    static final String DESCRIPTION = "GET openapi.yaml";

    /** With what a token has to allow. */
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

    private ApiRoutes() {}

    /** @throws ApiException {@code not_found} or {@code method_not_allowed} */
    static ApiPermission permission(String route) {
        ApiPermission needed = ROUTES.get(route);
        if (needed != null) {
            return needed;
        }
        throw methods(route).isEmpty()
                ? new ApiException(404, "not_found", "no such address; /api/v1/openapi.yaml lists them")
                : new ApiException(405, "method_not_allowed", "this address does not take this method");
    }

    /** The methods that the path of this route takes, as the header {@code Allow} lists them; empty for a path that there is not. */
    static String methods(String route) {
        String path = route.substring(route.indexOf(' '));
        List<String> methods = Stream.concat(ROUTES.keySet().stream(), Stream.of(DESCRIPTION))
                .filter(known -> known.endsWith(path))
                .map(known -> known.substring(0, known.indexOf(' ')))
                .sorted(Comparator.naturalOrder())
                .toList();
        if (methods.isEmpty()) {
            return "";
        }
        return methods.stream()
                .map(method -> method.equals("GET") ? "GET, HEAD" : method)
                .collect(Collectors.joining(", ", "", ", OPTIONS"));
    }
}
