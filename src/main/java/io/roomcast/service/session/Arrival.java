package io.roomcast.service.session;

/**
 * How a client connected.
 *
 * @param network network of the client, to which limits apply; null if unknown
 * @param address address of the client, as far as operators may see it; null if they may not, or if it is unknown
 * @param millis time of the connection in milliseconds since 1970 UTC, by the clock of this node
 * @param transport as {@link io.roomcast.outbound.Transport#kind}
 */
public record Arrival(String network, String address, long millis, String transport) {}
