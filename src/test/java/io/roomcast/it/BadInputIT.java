package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.NodeMetrics;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever a client sends: it is answered with its code, it is counted, and nobody else notices. */
class BadInputIT {
    private static final String ROOM = TestServer.newRoom();
    private static final int ROUNDS = 3;
    private static TestServer server;
    private static Conversation neighbours;

    @BeforeAll
    static void open() {
        server = TestServer.open();
        neighbours = new Conversation(server, ROOM);
    }

    @AfterAll
    static void close() {
        neighbours.close();
        server.close();
    }

    static List<URI> endpoints() {
        return List.of(server.webSocket("ws?user=mallory"), server.room(ROOM, "mallory"));
    }

    static Stream<Arguments> everyInputOnBothEndpoints() {
        return endpoints().stream().flatMap(uri -> BadInput.ALL.stream().map(input -> Arguments.of(input, uri)));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("everyInputOnBothEndpoints")
    void isAnsweredCountedAndFeltByNobody(BadInput input, URI endpoint) {
        long before = counted(input);
        Hostile.send(endpoint, ROOM, input);
        if (server.metrics().isPresent() && !input.isCut()) {
            Figure.await(1, () -> counted(input) - before);
        }
        neighbours.exchange();
    }

    /** How often such an input was counted, by the code of its answer. */
    private static long counted(BadInput input) {
        NodeMetrics metrics = server.metrics().orElse(null);
        if (metrics == null) {
            return 0;
        }
        return input.stays()
                ? metrics.refusals().getOrDefault(input.errorCode(), 0L)
                : metrics.closes().entrySet().stream()
                        .filter(count -> input.closeCodes().contains(count.getKey()))
                        .mapToLong(count -> count.getValue())
                        .sum();
    }

    @Test
    void nobodyNoticesOneWhoDoesNothingElse() {
        try (Conversation healthy = new Conversation(server, TestServer.newRoom())) {
            CompletableFuture<Void> hostile = CompletableFuture.runAsync(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    for (BadInput input : BadInput.ALL) {
                        endpoints().forEach(uri -> Hostile.send(uri, ROOM, input));
                    }
                }
            });
            while (!hostile.isDone()) {
                healthy.exchange();
                neighbours.exchange();
            }
            hostile.join();
            healthy.exchange();
            assertTrue(healthy.said() > 10, "they had something to say meanwhile");
        }
    }
}
