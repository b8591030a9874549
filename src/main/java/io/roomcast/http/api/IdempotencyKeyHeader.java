package io.roomcast.http.api;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header {@code Idempotency-Key} of draft-ietf-httpapi-idempotency-key-header: a string of RFC 8941 in quotes. Many
 * clients send the key without quotes.
 */
final class IdempotencyKeyHeader {
    static final String NAME = "Idempotency-Key";

    private static final Pattern QUOTED = Pattern.compile("\"((?:[ !#-\\[\\]-~]|\\\\[\"\\\\])*+)\"");
    private static final Pattern BARE = Pattern.compile("[!#-~]*");

    private IdempotencyKeyHeader() {}

    /**
     * The key in the header.
     *
     * @param lines the values of the header; null if the container shows none
     * @return null if the request has no such header
     * @throws ProtocolException {@code bad_request} if there are several, or the value has neither form
     */
    static String of(Enumeration<String> lines) {
        List<String> values = lines == null ? List.of() : Collections.list(lines);
        if (values.isEmpty()) {
            return null;
        }
        String value = values.get(0).strip();
        Matcher quoted = QUOTED.matcher(value);
        if (values.size() == 1 && quoted.matches()) {
            return quoted.group(1).replaceAll("\\\\(.)", "$1");
        }
        if (values.size() == 1 && BARE.matcher(value).matches()) {
            return value;
        }
        throw new ProtocolException(ErrorCode.BAD_REQUEST, NAME + " is not one string of visible ASCII characters");
    }
}
