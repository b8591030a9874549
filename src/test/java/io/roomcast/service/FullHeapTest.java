package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.node.FilledHeap;
import io.roomcast.service.admission.RequestGuard;
import io.roomcast.service.admission.RequestHead;
import io.roomcast.service.admission.RequestHeads;
import io.roomcast.service.admission.Verdict;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node refuses that is short of memory, and what it does not. */
class FullHeapTest {
    private static final Map<String, List<String>> HOST = Map.of("Host", List.of("localhost"));
    private static final Map<String, List<String>> HANDSHAKE = Map.of(
            "Host", List.of("localhost"),
            "Upgrade", List.of("websocket"),
            "Connection", List.of("Upgrade"),
            "Sec-WebSocket-Version", List.of("13"),
            "Sec-WebSocket-Key", List.of("MDEyMzQ1Njc4OWFiY2RlZg=="));

    private final CoreFixture core = new CoreFixture(Map.of());
    private final CoreFixture.Client ann = core.enter("ann");

    @BeforeEach
    void fill() {
        ann.news();
        core.heap.fill(FilledHeap.BYTES);
        core.timer.advance(1_000);
    }

    private int status(String method, String resource, Map<String, List<String>> headers) {
        RequestHead head = RequestHeads.of(method, "HTTP/1.1", resource, headers);
        Verdict verdict = core.beans.get(RequestGuard.class).check(head, "127.0.0.1");
        return verdict.isPass() ? 200 : verdict.status();
    }

    @Test
    void handshakesAndRoomsOverHttpAreRefused() {
        assertEquals(503, status("GET", "/ws", HANDSHAKE));
        assertEquals(503, status("POST", "/http/poll", HOST));
        assertEquals(503, status("POST", "/http/send", HOST));
        assertEquals(503, status("GET", "/http/events", HOST));
    }

    @Test
    void healthMetricsAndThePageAreNot() {
        assertEquals(200, status("GET", "/health/ready", HOST));
        assertEquals(200, status("GET", "/metrics", HOST));
        assertEquals(200, status("GET", "/", HOST));
    }

    @Test
    void joinsAreAnsweredBusyAndWhoIsInStaysAndMayLeave() {
        ann.send("{\"type\":\"join\",\"id\":1,\"room\":\"other\"}");
        assertTrue(ann.news().contains("\"code\":\"busy\""));
        ann.send("{\"type\":\"leave\",\"id\":2,\"room\":\"lobby\"}");
        assertTrue(ann.news().contains("\"type\":\"left\""));
    }

    @Test
    void allIsTakenAgainWhenThereIsRoom() {
        assertEquals(503, status("GET", "/ws", HANDSHAKE));
        core.heap.fill(0);
        core.timer.advance(1_000);
        assertEquals(200, status("GET", "/ws", HANDSHAKE));
        ann.send("{\"type\":\"publish\",\"id\":1,\"content\":\"x\"}");
        assertTrue(ann.news().contains("\"type\":\"ack\""));
    }
}
