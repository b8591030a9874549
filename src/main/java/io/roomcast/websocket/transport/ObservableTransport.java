package io.roomcast.websocket.transport;

import io.roomcast.outbound.Transport;

/** A transport that reports events of its connection which the container may not report. */
public interface ObservableTransport extends Transport {

    /** Called on any thread; {@code ended} may come at the same time as another call, all others come one at a time. */
    interface Listener {
        /** The client sent a ping or a pong. */
        void heard();

        /** The client has begun a message that is larger than the limit. */
        void tooLarge();

        /** The connection is closed, whether the container has said so or not. May come more than once. */
        void ended();
    }

    /** Sets the listener. If the connection has ended already, the listener is called at once. */
    void setListener(Listener listener);
}
