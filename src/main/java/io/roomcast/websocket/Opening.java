package io.roomcast.websocket;

import java.util.function.Supplier;

/** What a thread is opening just now: Tyrus does not tell an endpoint which connection its session has, but tells it on the thread that opens it. */
final class Opening {
    private static final ThreadLocal<TransportEvents> TRANSPORT = new ThreadLocal<>();

    private Opening() {}

    /** @param opening calls the endpoint */
    static <T> T of(TransportEvents transport, Supplier<T> opening) {
        TRANSPORT.set(transport);
        try {
            return opening.get();
        } finally {
            TRANSPORT.remove();
        }
    }

    /** @return null on servers that have transports of their own */
    static TransportEvents transport() {
        return TRANSPORT.get();
    }
}
