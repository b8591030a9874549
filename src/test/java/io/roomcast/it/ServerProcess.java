package io.roomcast.it;

import io.roomcast.support.MainProcess;
import io.roomcast.support.RemoteConsole;
import java.io.IOException;
import java.net.URI;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;

/**
 * The server of a test in another process than the test, with a console on it: an application server that runs already,
 * else the embedded server as a command.
 *
 * @param main null where it runs already
 * @param base address, with a slash at its end
 */
record ServerProcess(MainProcess main, RemoteConsole console, URI base) implements AutoCloseable {
    private static final String RUNNING = System.getProperty("roomcast.uri");

    /** @param embeddedOptions of the command line; a server that runs already has its own settings */
    static ServerProcess open(String... embeddedOptions) throws Exception {
        if (RUNNING != null && !RUNNING.isEmpty()) {
            RemoteConsole console = RemoteConsole.ofAny(
                    ProcessHandle.current().descendants().map(ProcessHandle::pid),
                    new ObjectName("io.roomcast:type=Node"));
            return new ServerProcess(null, console, URI.create(RUNNING));
        }
        MainProcess main = MainProcess.start(
                Stream.concat(Stream.of("--port=0"), Stream.of(embeddedOptions)).toArray(String[]::new));
        try {
            URI base = main.awaitReady();
            return new ServerProcess(main, RemoteConsole.of(main.pid()), base);
        } catch (Exception e) {
            main.close();
            throw e;
        }
    }

    MBeanServerConnection beans() throws IOException {
        return console.beans();
    }

    /** What the process has open, connections among them. */
    long openFiles() {
        try {
            return (long)
                    beans().getAttribute(new ObjectName("java.lang:type=OperatingSystem"), "OpenFileDescriptorCount");
        } catch (IOException | JMException e) {
            throw new IllegalStateException(e);
        }
    }

    URI webSocket(String path) {
        return URI.create(base.toString().replaceFirst("^http", "ws") + path);
    }

    @Override
    public void close() throws IOException {
        try {
            console.close();
        } finally {
            if (main != null) {
                main.close();
            }
        }
    }
}
