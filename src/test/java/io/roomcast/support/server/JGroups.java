package io.roomcast.support.server;

import io.roomcast.support.machine.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * WildFly's cluster, which starts with the first distributable application, and its transactions, kept from meeting
 * those of another build on this machine.
 */
final class JGroups {
    /** Of the nodes of this run. */
    static final String MULTICAST_ADDRESS = "230.0.%d.%d"
            .formatted(
                    ThreadLocalRandom.current().nextInt(1, 255),
                    ThreadLocalRandom.current().nextInt(1, 255));

    private static final Pattern PORT = Pattern.compile("(<socket-binding name=\"(?:jgroups|txn)-[^>]* port=\")\\d+");

    private JGroups() {}

    /** @param configuration a server's file, whose ports are fixed as it comes */
    static void takeFreePorts(Path configuration) throws IOException {
        String text = Files.readString(configuration);
        Files.writeString(configuration, PORT.matcher(text).replaceAll(binding -> binding.group(1) + Ports.free()));
    }
}
