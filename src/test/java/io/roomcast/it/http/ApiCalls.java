package io.roomcast.it.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Http;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;

/** Calls of the server API, each answer compared with the OpenAPI document, and which operations were called. */
record ApiCalls(Http backEnd, OpenApi document, Set<String> called) {
    /** A server that is running may have seen these tests before. */
    static final String RUN = UUID.randomUUID().toString().substring(0, 8);

    ApiCalls(ApiServer server) {
        this(
                new Http(server.uri(), ApiServer.KEY),
                new OpenApi(new Http(server.uri(), null)
                        .send("GET", "/api/v1/openapi.yaml", null)
                        .body()),
                new TreeSet<>());
    }

    JsonObject ok(String operation, String name, String query, String body) {
        return call(backEnd, operation, name, query, body, 200);
    }

    /** @param name replaces the name in braces of the path; of a room, with {@link #RUN} behind it */
    JsonObject call(Http http, String operation, String name, String query, String body, int expectedStatus) {
        called.add(operation);
        String[] parts = operation.split(" ", -1);
        String path = parts[1].replace("{room}", name + RUN)
                .replace("{user}", String.valueOf(name))
                .replace("{session}", String.valueOf(name));
        HttpResponse<String> response = http.send(parts[0], "/api/v1" + path + query, body);
        assertEquals(expectedStatus, response.statusCode(), response.body());
        assertEquals(
                response.statusCode() < 400 ? "application/json" : "application/problem+json",
                response.headers().firstValue("Content-Type").orElse("none").replaceFirst(";.*", ""));
        JsonObject answer = Http.read(response.body());
        assertEquals(List.of(), document.violations(operation, response.statusCode(), answer), response.body());
        return answer;
    }

    /** Fails if one of these operations of the document was not called. */
    void assertAllCalled(Predicate<String> which) {
        Set<String> missing = new TreeSet<>(document.operations());
        missing.removeIf(which.negate());
        missing.removeAll(called);
        assertEquals(Set.of(), missing, "described, and not called by these tests");
    }
}
