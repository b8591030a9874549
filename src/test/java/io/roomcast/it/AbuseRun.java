package io.roomcast.it;

import io.roomcast.support.TestServer;
import java.util.concurrent.TimeUnit;

/**
 * The abuse suite for as long as one likes. Not part of the tests; {@code CONTRIBUTING.md} has the command. Arguments:
 * seed, minutes.
 */
public final class AbuseRun {
    private AbuseRun() {}

    public static void main(String[] arguments) {
        long seed = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1;
        long minutes = arguments.length > 1 ? Long.parseLong(arguments[1]) : 10;
        try (TestServer server = TestServer.openSmall()) {
            AbuseIT.run(server, seed, TimeUnit.MINUTES.toNanos(minutes));
        }
        System.err.println(minutes + " minutes of abuse, no promise broken and nothing left");
    }
}
