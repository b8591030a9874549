package io.roomcast.websocket.transport;

import io.roomcast.outbound.Transport;

/** A transport that hears things of its connection by itself, which the container may keep to itself. */
public interface ObservableTransport extends Transport {

    /** Any thread, but for the end one at a time. */
    interface Listener {
        /** A sign of life that is no message. */
        void heard();

        /** The client has begun a message that is larger than one may be. */
        void tooLarge();

        /** The connection is gone, whether the container has said so or not. May come more than once. */
        void ended();
    }

    /** Told from now on; at once, where the connection has ended already. */
    void setListener(Listener listener);
}
