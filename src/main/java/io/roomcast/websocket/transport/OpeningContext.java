package io.roomcast.websocket.transport;

import java.util.function.Supplier;

/**
 * The transport of the session that the current thread is opening. Tyrus does not tell an endpoint which connection its
 * session has, but calls it on the thread that opens it.
 */
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

    /** @return null if this thread opens no session, or the server has another transport */
    public static ObservableTransport transport() {
        return TRANSPORT.get();
    }
}
