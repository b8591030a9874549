package io.roomcast.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.net.URLDecoder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The parameters in the query of an address, decoded as the URL standard says for {@code
 * application/x-www-form-urlencoded}: {@code +} is a space. Servers do not agree on that in their own maps of
 * parameters, and some of them mix the variables of the path in. Of several parameters with one name, the first
 * counts. A query with a wrong percent-encoding does not come here: its handshake is refused.
 */
final class QueryParameters {
    private final Map<String, String> values = new HashMap<>();

    /** @param query as it came, after the question mark; null if there is none */
    QueryParameters(String query) {
        if (query == null) {
            return;
        }
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            String value = equals < 0 ? "" : parameter.substring(equals + 1);
            values.putIfAbsent(decoded(name), decoded(value));
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, UTF_8);
    }

    /** @return null if the query does not have the parameter */
    String get(String name) {
        return values.get(name);
    }

    Set<String> names() {
        return values.keySet();
    }

    /**
     * @param absent what a query without the parameter means
     * @throws ProtocolException {@code bad_request} if the value is neither {@code true} nor {@code false}
     */
    boolean isTrue(String name, boolean absent) {
        String value = get(name);
        if (value == null) {
            return absent;
        }
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new ProtocolException(ErrorCode.BAD_REQUEST, name + " must be true or false");
        };
    }
}
