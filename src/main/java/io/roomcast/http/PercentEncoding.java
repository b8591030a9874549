package io.roomcast.http;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Decodes the path and the query of a request as UTF-8. What the container decodes is not reliable: some containers
 * decode as Latin-1, and most replace what is not UTF-8.
 */
public final class PercentEncoding {
    private static final String WRONG = " is not percent-encoded UTF-8";

    private PercentEncoding() {}

    /** @throws ProtocolException {@code bad_request} if the segment is not UTF-8, or a {@code %} has no two digits */
    public static String decodedSegment(String segment) {
        return decoded(segment.replace("+", "%2B"), "the path");
    }

    /**
     * Decodes {@code a=1&b=2} as the URL standard says for {@code application/x-www-form-urlencoded}: {@code +} is a
     * space. Of several parameters with one name, the first counts.
     *
     * @param query as it came, after the question mark; null for none
     * @throws ProtocolException {@code bad_request} as {@link #decodedSegment}, and for what is not ASCII: containers
     *     make different characters of it
     */
    public static Map<String, String> decodedQuery(String query) {
        Map<String, String> parameters = new HashMap<>();
        if (query != null) {
            if (!StandardCharsets.US_ASCII.newEncoder().canEncode(query)) {
                throw new ProtocolException(ErrorCode.BAD_REQUEST, "the query" + WRONG);
            }
            for (String parameter : query.split("&", -1)) {
                int at = parameter.indexOf('=');
                String name = at < 0 ? parameter : parameter.substring(0, at);
                String value = at < 0 ? "" : parameter.substring(at + 1);
                parameters.putIfAbsent(decoded(name, "the query"), decoded(value, "the query"));
            }
        }
        return parameters;
    }

    /**
     * The names in a query, in their order, each as often as it occurs.
     *
     * @throws ProtocolException as {@link #decodedQuery}
     */
    public static List<String> queryNames(String query) {
        return query == null
                ? List.of()
                : Stream.of(query.split("&", -1))
                        .filter(parameter -> !parameter.isEmpty())
                        .map(parameter -> decoded(parameter.replaceFirst("=.*", ""), "the query"))
                        .toList();
    }

    private static String decoded(String text, String where) {
        try {
            byte[] bytes = URLDecoder.decode(text, StandardCharsets.ISO_8859_1).getBytes(StandardCharsets.ISO_8859_1);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, where + WRONG);
        }
    }
}
