package io.roomcast.service.admission;

import java.util.List;
import java.util.function.Function;

/**
 * Checks that a request states the length of its body in one way only (RFC 9112, 5.1 and 6.3). If a proxy reads the
 * length in another way than this server, the body of one client's request becomes another client's request (request
 * smuggling). Servers accept requests whose length is ambiguous. So Roomcast refuses such
 * requests.
 */
final class BodyLength {
    private static final String NAME_CHARACTERS = "!#$%&'*+-.^_`|~";
    /** Most digits of a length in bytes. A body that needs more digits cannot exist. */
    private static final int MAX_DIGITS = 18;

    private BodyLength() {}

    /**
     * Whether the request has one unambiguous length, and only headers with valid names.
     *
     * @param names names of all headers
     * @param values returns all values of a header
     */
    static boolean isUnambiguous(Iterable<String> names, Function<String, List<String>> values) {
        for (String name : names) {
            if (!isHeaderName(name)) {
                return false;
            }
        }
        List<String> lengths = values.apply("Content-Length");
        List<String> encodings = values.apply("Transfer-Encoding");
        return encodings.isEmpty()
                ? lengths.isEmpty() || lengths.size() == 1 && isLength(lengths.get(0))
                : lengths.isEmpty() && encodings.size() == 1 && encodings.get(0).equalsIgnoreCase("chunked");
    }

    private static boolean isLength(String length) {
        return !length.isEmpty()
                && length.length() <= MAX_DIGITS
                && length.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static boolean isHeaderName(String header) {
        return !header.isEmpty()
                && header.chars()
                        .allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || NAME_CHARACTERS.indexOf(c) >= 0));
    }
}
