package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.fault.Guests;
import io.roomcast.redis.RedisProcess;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The WAR is taken away and brought back ten times while people use it: they are told each time, and nothing stays behind. */
@Tag("server")
@Tag("own-server")
class RedeployIT {
    private static final int TIMES = 10;
    /** Threads of the server's own pools name the application for which they were made, as long as they live. */
    private static final int NAMED_BY_IDLE_THREADS = TIMES / 2;

    /** Payara 6 keeps the class loader of each application that it undeployed. */
    private static final boolean WILDFLY = "wildfly".equals(System.getProperty("arquillian.launch"));

    @Test
    void leavesNothingBehind() throws Exception {
        try (RedisProcess redis = RedisProcess.launch();
                ServerNode node = new ServerNode(
                        "redeployed",
                        Map.of(
                                "roomcast.relay", "redis",
                                "roomcast.redis.uri", redis.uri(),
                                "roomcast.drain.stop-window", "200ms"))) {
            node.start();
            assertTrue(Leftovers.in(node.pid()).threads().size() > 1, "it would be seen");
            for (int i = 1; i <= TIMES; i++) {
                try (Guests guests = new Guests(node.uri())) {
                    guests.talk();
                    node.undeploy();
                    guests.checkGoodbye();
                }
                Leftovers left = Leftovers.in(node.pid());
                String when = "after " + i + " times: " + left;
                assertEquals(List.of(), left.threads(), when);
                assertEquals(Set.of(), left.beans(), when);
                if (WILDFLY) {
                    assertTrue(left.classLoaders() <= NAMED_BY_IDLE_THREADS, when);
                }
                if (i < TIMES) {
                    node.deploy();
                }
            }
        }
    }
}
