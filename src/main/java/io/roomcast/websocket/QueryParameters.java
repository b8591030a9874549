package io.roomcast.websocket;

import io.roomcast.http.PercentEncoding;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.util.Map;
import java.util.Set;

/**
 * The parameters in the query of an address. Servers do not agree on the decoding in their own maps of parameters, and
 * some of them mix the variables of the path in.
 */
final class QueryParameters {
    private final Map<String, String> values;

    /**
     * @param query as it came, after the question mark; null if there is none
     * @throws ProtocolException as {@link PercentEncoding#decodedQuery}
     */
    QueryParameters(String query) {
        values = PercentEncoding.decodedQuery(query);
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
