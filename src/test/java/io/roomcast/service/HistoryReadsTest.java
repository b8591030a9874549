package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.LimitKeys;
import io.roomcast.local.LocalPresence;
import io.roomcast.relay.Relay;
import io.roomcast.service.CoreFixture.Client;
import io.roomcast.support.HeldAnswers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * A few short requests can ask for a megabyte of history. So pages are read only for clients that are still connected,
 * and only as many as the node has memory for.
 */
class HistoryReadsTest {
    /** Of a quarter of a megabyte each. */
    private static final int PAGES = 4;

    private HeldAnswers<Relay> relay;
    private final CoreFixture core = new CoreFixture(
            Map.of(LimitKeys.NODE_OUTBOUND_BYTES.name(), "1MiB"), new LocalPresence(), this::around, null);

    private Relay around(Relay real) {
        relay = new HeldAnswers<>(Relay.class, real);
        return relay.store;
    }

    private static void ask(Client client) {
        client.send("{\"type\":\"history\",\"id\":1,\"limit\":200}");
    }

    @Test
    void noMoreAreReadThanThereIsSpaceFor() {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i <= PAGES; i++) {
            clients.add(core.enter("user-" + i));
            clients.get(i).news();
        }
        relay.hold("historyBefore");
        clients.forEach(HistoryReadsTest::ask);
        assertEquals(PAGES, relay.held());
        String refused = clients.get(PAGES).news();
        assertTrue(refused.contains("\"busy\"") && refused.contains("retryAfterMs"), refused);

        relay.letThrough();
        assertTrue(clients.get(0).news().contains("\"type\":\"history\""));
        ask(clients.get(PAGES));
        assertEquals(PAGES, relay.held(), "there is space for the next");
        relay.holdNothing();
        while (relay.held() > 0) {
            relay.letThrough();
        }
        core.advance(0);
        assertEquals(0, core.sessions.heldBytes());
    }

    @Test
    void nothingIsReadForOneThatHasGone() {
        Client ann = core.enter("ann");
        ann.news();
        relay.hold("historyBefore");
        for (int i = 0; i < 3; i++) {
            ask(ann);
        }
        ann.cut();
        int read = 0;
        for (; relay.held() > 0; read++) {
            relay.letThrough();
            core.advance(0);
        }
        assertEquals(1, read);
        assertEquals(0, core.sessions.heldBytes());
    }
}
