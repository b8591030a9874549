package io.roomcast.http.api;

import io.roomcast.identity.ApiPermission;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * One operation of the server API. {@link RouteTable} has all routes.
 *
 * @param path as in OpenAPI, with names in braces
 * @param permission the permission that the caller needs; null for a route that needs no key
 * @param handler serves a request whose caller has the permission
 */
record Route(
        String method,
        String path,
        ApiPermission permission,
        BiFunction<ApiRequest, ApiCaller, CompletionStage<ApiAnswer>> handler) {

    /** A route whose handler returns the answer at once. */
    static Route immediate(
            String method,
            String path,
            ApiPermission permission,
            BiFunction<ApiRequest, ApiCaller, ApiAnswer> handler) {
        return new Route(
                method,
                path,
                permission,
                (request, caller) -> CompletableFuture.completedFuture(handler.apply(request, caller)));
    }

    CompletionStage<ApiAnswer> serve(ApiRequest request, ApiCaller caller) {
        return handler.apply(request, caller);
    }

    /** @param segments decoded */
    boolean matches(List<String> segments) {
        List<String> own = List.of(path.substring(1).split("/", -1));
        boolean same = own.size() == segments.size();
        for (int i = 0; same && i < own.size(); i++) {
            String segment = segments.get(i);
            same = own.get(i).startsWith("{") ? !segment.isEmpty() : own.get(i).equals(segment);
        }
        return same;
    }

    boolean isRouteOf(ApiRequest request) {
        return method.equals(request.method()) && matches(request.path());
    }

    /** The method and the path in the notation of OpenAPI, such as {@code GET /rooms/{room}/members}. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
