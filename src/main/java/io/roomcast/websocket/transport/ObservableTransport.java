package io.roomcast.websocket.transport;

import io.roomcast.outbound.Transport;

/** A transport that reports events of its connection. A container may not report these events to its endpoints. */
public interface ObservableTransport extends Transport {

    /**
     * Receives the events, on any thread. {@code onEnd} and {@code onControlHeld} may come at the same time as another
     * call; all other calls come one at a time.
     */
    interface Listener {
        /** The client sent a ping or a pong. */
        void onActivity();

        /**
         * The bytes of control frames have changed that the network has not taken, such as pongs that the client does
         * not read.
         *
         * @param bytes the change; negative if fewer are held
         */
        void onControlHeld(int bytes);

        /**
         * The first byte of a message has arrived, and the last has not. An earlier message has ended. Only called if
         * the container does not report at once that a message has begun.
         */
        void onMessageBegun();

        /** The last byte of the message has arrived that {@link #onMessageBegun} reported. */
        void onMessageEnd();

        /** The client has begun a message that is larger than the limit. */
        void onMessageTooLarge();

        /**
         * The TCP connection is closed, whether the container has reported the close or not. May come more than once.
         */
        void onEnd();
    }

    /** Sets the listener. If the connection has ended already, the listener is called at once. */
    void setListener(Listener listener);
}
