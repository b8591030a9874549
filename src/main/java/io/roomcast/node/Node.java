package io.roomcast.node;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.Base64;

/** The name of this node. */
@ApplicationScoped
public class Node {
    private static final SecureRandom RANDOM = new SecureRandom();

    private String name;

    /** For the container's proxy. */
    protected Node() {}

    @Inject
    public Node(RoomcastConfig config) {
        String configured = config.get(Keys.NODE);
        name = configured.isEmpty() ? hostName() + "-" + randomId(6) : configured;
    }

    /** The name that logs and metrics show. An operator who configures it should make it unique in the cluster. */
    public String name() {
        return name;
    }

    /**
     * Makes a random name that cannot be guessed, of characters that names may have.
     *
     * @param bytes how many random bytes; each 3 bytes become 4 characters
     */
    public static String randomId(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9_.-]", "");
        } catch (UnknownHostException e) {
            return "node";
        }
    }
}
