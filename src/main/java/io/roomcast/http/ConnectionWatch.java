package io.roomcast.http;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Notices that the client of a waiting request has gone, on an application server. Servers read nothing from a connection
 * while its request waits. So they would hold a dropped request until its wait ends. Requests have such an object
 * as an attribute, where the connections of the server can be reached. Any thread.
 */
public interface ConnectionWatch {
    /** The name of the attribute. */
    String ATTRIBUTE = ConnectionWatch.class.getName();

    /** Notices nothing. */
    ConnectionWatch NONE = new ConnectionWatch() {
        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void begin(Runnable whenGone) {
            // The request ends when its wait is over.
        }

        @Override
        public void end() {
            // Nothing was begun.
        }

        @Override
        public void complete(boolean hasListener, Runnable task) {
            task.run();
        }
    };

    /** That of a request; {@link #NONE} if it has none. */
    static ConnectionWatch of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof ConnectionWatch watch ? watch : NONE;
    }

    /**
     * Whether the client has gone already, as far as this thread can see. To be called when the body has been read, and
     * before {@link #begin}.
     */
    boolean isGone();

    /**
     * Watches the connection from now on. A client that closes its side of the connection, or sends more although its
     * request is not answered yet, is cut off. To be called once, when the body has been read.
     *
     * @param whenGone runs once, on any thread, when the client has gone; must not block
     */
    void begin(Runnable whenGone);

    /** Ends the watch. To be called before the end of the response, after which the client may send its next request. */
    void end();

    /**
     * Runs a task that completes the response, on the thread that suits the server: there it neither makes an entry in the
     * log if the client has gone meanwhile, nor keeps a thread that serves others.
     *
     * @param hasListener whether the stream of the response has a listener
     */
    void complete(boolean hasListener, Runnable task);

    /**
     * Closes the connection of a client that reads nothing, or whose response ends early. Does nothing where the server does
     * not let connections be closed, or others share this one.
     */
    default void cut() {}

    /**
     * Completes the response to a request whose body is not read to its end. The response must be written. Where the server
     * would wait on a thread for the rest of the body, the connection is closed first, after a time in which the response
     * arrives.
     */
    default void abandonBody(Runnable complete) {
        complete.run();
    }
}
