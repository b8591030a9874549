package io.roomcast.websocket.transport;

import java.util.function.Supplier;

/** What a thread is opening just now: Tyrus does not tell an endpoint which connection its session has, but tells it on the thread that opens it. */
public final class OpeningContext {
    private static final ThreadLocal<ObservableTransport> TRANSPORT = new ThreadLocal<>();

    private OpeningContext() {}

    /** @param opening calls the endpoint */
    public static <T> T call(ObservableTransport transport, Supplier<T> opening) {
        TRANSPORT.set(transport);
        try {
            return opening.get();
        } finally {
            TRANSPORT.remove();
        }
    }

    /** @return null on servers that have transports of their own */
    public static ObservableTransport transport() {
        return TRANSPORT.get();
    }
}
