package io.roomcast.service.admission;

import io.roomcast.protocol.Subprotocol;
import java.util.Base64;
import java.util.List;

/**
 * What the head of a request says about the WebSocket that it asks for. Servers differ in what they accept, so all of
 * it is checked here.
 *
 * @param upgrade values of {@code Upgrade}
 * @param connection values of {@code Connection}
 * @param key values of {@code Sec-WebSocket-Key}
 * @param version values of {@code Sec-WebSocket-Version}
 * @param subprotocol values of {@code Sec-WebSocket-Protocol}
 */
record HandshakeHead(
        List<String> upgrade,
        List<String> connection,
        List<String> key,
        List<String> version,
        List<String> subprotocol) {
    private static final int KEY_BYTES = 16;
    private static final int KEY_CHARACTERS = 24;

    /** Whether the request asks for a change to WebSocket and nothing else, as RFC 6455, 4.2.1 has it. */
    boolean isWellFormed() {
        return upgrade.size() == 1
                && upgrade.get(0).strip().equalsIgnoreCase("websocket")
                && connection.stream()
                        .flatMap(values -> List.of(values.split(",", -1)).stream())
                        .anyMatch(option -> option.strip().equalsIgnoreCase(RequestHead.UPGRADE))
                && key.size() == 1
                && isKey(key.get(0).strip());
    }

    boolean isSupportedVersion() {
        return version.size() == 1 && version.get(0).strip().equals("13");
    }

    /** Whether the client asks for no subprotocol, or for one that this server has. */
    boolean isSupportedSubprotocol() {
        return Subprotocol.isServed(subprotocol);
    }

    private static boolean isKey(String text) {
        try {
            return text.length() == KEY_CHARACTERS && Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
