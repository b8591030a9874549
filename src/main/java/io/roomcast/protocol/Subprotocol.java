package io.roomcast.protocol;

import java.util.Arrays;
import java.util.List;

/** Subprotocols that a client may ask for in {@code Sec-WebSocket-Protocol}. */
public final class Subprotocol {
    public static final String V1 = "roomcast.v1";
    /**
     * Like {@link #V1}, but large batches of messages are compressed with raw deflate and sent in binary WebSocket
     * frames.
     */
    public static final String V1_DEFLATE = "roomcast.v1.deflate";

    private Subprotocol() {}

    /** This subprotocol if it is one of this server, else null. */
    public static String known(String name) {
        return isKnown(name) ? name : null;
    }

    /**
     * Whether the client asks for no subprotocol, or for one of this server among others.
     *
     * @param offers values of {@code Sec-WebSocket-Protocol}, each with one or more names
     */
    public static boolean isServed(List<String> offers) {
        List<String> names = offers.stream()
                .flatMap(offer -> Arrays.stream(offer.split(",", -1)))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        return names.isEmpty() || names.stream().anyMatch(Subprotocol::isKnown);
    }

    private static boolean isKnown(String name) {
        return V1.equals(name) || V1_DEFLATE.equals(name);
    }
}
