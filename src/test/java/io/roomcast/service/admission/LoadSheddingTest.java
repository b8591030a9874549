package io.roomcast.service.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.metrics.Counter;
import io.roomcast.node.Author;
import io.roomcast.service.CoreFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Publishers of a room that cannot keep up. */
class LoadSheddingTest {

    @Test
    void refusingBeginsAtHalfTheLimitAndEndsWithAll() {
        assertEquals(0, LoadShedding.shareToRefuse(0, 1_000));
        assertEquals(0, LoadShedding.shareToRefuse(500, 1_000));
        assertEquals(0.5, LoadShedding.shareToRefuse(750, 1_000));
        assertEquals(1, LoadShedding.shareToRefuse(1_000, 1_000));
        assertEquals(1, LoadShedding.shareToRefuse(50_000, 1_000));
        assertEquals(0, LoadShedding.shareToRefuse(Long.MAX_VALUE, 0), "0 lifts the limit");
    }

    @Test
    void whatWaitsForTheMembersStaysBoundedAndThePublishersAreToldWhenToComeBack() {
        CoreFixture core = new CoreFixture(Map.of(
                "roomcast.limits.lag-bytes", "64KiB", "roomcast.limits.lag", "0", "roomcast.limits.publish-rate", "0"));
        CoreFixture.Client ann = core.enter("ann");
        CoreFixture.Client bob = core.enter("bob");
        ann.news();
        bob.news();
        int sent = 0;
        for (int i = 0; i < 1_000; i++) {
            (i % 2 == 0 ? ann : bob).send("{\"id\":" + i + ",\"content\":\"" + "x".repeat(500) + "\"}");
            sent++;
        }
        String news = ann.news();
        long stored = core.metrics.get(Counter.MESSAGES_STORED);
        assertTrue(stored > 50 && stored < 130, stored + " of " + sent + " messages fit into 64 KiB");
        assertTrue(news.contains("\"code\":\"busy\""), news);
        assertTrue(news.contains("\"retryAfterMs\":"), news);
        assertTrue(bob.news().contains("\"code\":\"busy\""), "both alike");
        assertEquals(
                1_000 - stored,
                core.metrics.limits().get("roomcast.limits.lag-bytes").longValue());

        ann.send("{\"id\":1,\"content\":\"again\"}");
        assertTrue(ann.news().contains("\"type\":\"ack\""), "healthy at once");
    }

    @Test
    void signalsOfARoomThatIsBehindAreCountedAsDroppedForEachMember() {
        CoreFixture core = new CoreFixture(Map.of("roomcast.limits.lag-bytes", "64KiB", "roomcast.limits.lag", "0"));
        CoreFixture.Client ann = core.enter("ann");
        CoreFixture.Client bob = core.enter("bob");
        ann.news();
        bob.news();
        ann.send("{\"type\":\"signal\",\"signal\":\"typing\"}");
        assertTrue(bob.news().contains("typing"));
        assertEquals(0, core.metrics.get(Counter.NOTICES_DROPPED));

        for (int i = 0; i < 4; i++) {
            ann.send("{\"content\":\"" + "x".repeat(10_000) + "\"}");
        }
        ann.send("{\"type\":\"signal\",\"signal\":\"typing\"}");
        assertFalse(bob.news().contains("typing"));
        assertEquals(2, core.metrics.get(Counter.NOTICES_DROPPED));
    }

    @Test
    void limitsChangeWhileTheNodeRuns() {
        CoreFixture core = new CoreFixture(Map.of());
        core.limits.set("roomcast.limits.lag-bytes", "64KiB", Author.console(null));
        core.limits.set("roomcast.limits.lag", "0", Author.console(null));
        core.limits.set("roomcast.limits.publish-rate", "0", Author.console(null));
        assertEquals(65_536L, core.limits.all().get("roomcast.limits.lag-bytes"));
        CoreFixture.Client ann = core.enter("ann");
        ann.news();
        for (int i = 0; i < 20; i++) {
            ann.send("{\"id\":1,\"content\":\"" + "x".repeat(10_000) + "\"}");
        }
        assertTrue(ann.news().contains("\"code\":\"busy\""));
        core.limits.set("roomcast.limits.lag-bytes", "0", Author.console(null));
        for (int i = 0; i < 20; i++) {
            ann.send("{\"id\":1,\"content\":\"" + "x".repeat(10_000) + "\"}");
        }
        assertFalse(ann.news().contains("busy"));
    }
}
