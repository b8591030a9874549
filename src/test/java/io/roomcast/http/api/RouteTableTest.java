package io.roomcast.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.it.http.OpenApi;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    private final RouteTable routes = new RouteTable(
            new RoomApi(), new SearchApi(), new SessionApi(), new ClusterApi(), new NodeApi(), new RecordApi());

    /** A route that is served and not described fails here, and so does one that is described and not served. */
    @Test
    void theDescriptionHasTheRoutesAndTheirPermissions() throws IOException {
        OpenApi described = new OpenApi(Files.readString(Path.of("docs/openapi.yaml")));
        assertEquals(routes.all().stream().map(Route::toString).collect(Collectors.toSet()), described.operations());
        assertEquals(
                routes.all().stream()
                        .filter(route -> route.permission() != null)
                        .collect(Collectors.toMap(
                                Route::toString, route -> route.permission().word(), (a, b) -> a, TreeMap::new)),
                described.permissions());
    }

    @Test
    void namesOfThePathMayBeAnything() {
        assertEquals("POST /rooms/{room}/messages", found("POST", "rooms", "a/b", "messages"));
        assertEquals("GET /rooms/{room}/members", found("GET", "rooms", "messages", "members"));
        assertEquals("GET /rooms", found("GET", "rooms"));
    }

    @Test
    void tellsAWrongPathFromAWrongMethod() {
        assertEquals(ErrorCode.NOT_FOUND, refusal("GET", List.of("rooms", "")));
        assertEquals(ErrorCode.NOT_FOUND, refusal("GET", List.of("rooms", "lobby", "messages", "1")));
        assertEquals(ErrorCode.METHOD_NOT_ALLOWED, refusal("DELETE", List.of("rooms", "lobby", "messages")));
    }

    @Test
    void listsTheMethodsOfAPath() {
        assertEquals("GET, HEAD, POST, OPTIONS", routes.allowedMethods(List.of("rooms", "lobby", "messages")));
        assertEquals("POST, OPTIONS", routes.allowedMethods(List.of("broadcast")));
        assertEquals("", routes.allowedMethods(List.of("nowhere")));
    }

    private String found(String method, String... path) {
        return routes.match(method, List.of(path)).toString();
    }

    private ErrorCode refusal(String method, List<String> path) {
        return assertThrows(ProtocolException.class, () -> routes.match(method, path))
                .code();
    }
}
