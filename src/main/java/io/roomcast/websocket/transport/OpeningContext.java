package io.roomcast.websocket.transport;

import java.util.function.Supplier;

/**
 * Holds the transport of the session that the current thread is opening. An endpoint cannot ask Tyrus for the TCP
 * connection of its session. But Tyrus calls the endpoint on the thread that opens the session.
 */
public final class OpeningContext {
    private static final ThreadLocal<ObservableTransport> TRANSPORT = new ThreadLocal<>();

    private OpeningContext() {}

    /**
     * Runs {@code opening} with this transport bound to the thread.
     *
     * @param opening calls the endpoint
     * @return the result of {@code opening}
     */
    public static <T> T call(ObservableTransport transport, Supplier<T> opening) {
        TRANSPORT.set(transport);
        try {
            return opening.get();
        } finally {
            TRANSPORT.remove();
        }
    }

    /** @return null if this thread opens no session, or the server does not use this class */
    public static ObservableTransport transport() {
        return TRANSPORT.get();
    }
}
