package io.roomcast.nats;

import io.roomcast.relay.Relay;
import io.roomcast.support.Await;

/** What a server has of its own: a relay, its threads, and a listener. */
final class NatsNode {
    private NatsNode() {}

    static void awaitConnected(Relay relay) {
        Await.until("the relay is connected", () -> {
            try {
                relay.probe().toCompletableFuture().join();
                return true;
            } catch (RuntimeException e) {
                return false;
            }
        });
    }
}
