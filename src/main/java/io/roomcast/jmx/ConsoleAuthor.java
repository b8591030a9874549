package io.roomcast.jmx;

import io.roomcast.node.Author;
import java.rmi.server.RemoteServer;
import java.rmi.server.ServerNotActiveException;

/** The console whose call this thread serves. */
final class ConsoleAuthor {
    private ConsoleAuthor() {}

    /** The console with its address, if it is connected over RMI, as JConsole is. */
    static Author current() {
        try {
            return Author.console(RemoteServer.getClientHost());
        } catch (ServerNotActiveException e) {
            return Author.console(null);
        }
    }
}
