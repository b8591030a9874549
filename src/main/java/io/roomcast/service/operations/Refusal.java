package io.roomcast.service.operations;

/**
 * A request or a connection that this node refused. A text of a client is never part of it: {@code text} is what the
 * node answered, and names are valid names.
 *
 * @param at milliseconds since 1970 UTC, by the clock of the node
 * @param node name of the node that refused it
 * @param code the code of the error, or {@code origin} for a page of a foreign origin
 * @param text what the node answered, at most 200 characters
 * @param via where it was refused: {@code session}, {@code handshake} or {@code api}
 * @param session id of the session, or null
 * @param user user of the session, or the user whom a refused connection named; null if unknown
 * @param room room that the request named, or null
 * @param address as {@code roomcast.privacy.addresses} allows, or null
 */
public record Refusal(
        long at,
        String node,
        String code,
        String text,
        String via,
        String session,
        String user,
        String room,
        String address) {}
