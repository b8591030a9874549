package io.roomcast.http.files;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Where the lines of a bundle are from, for developer tools: a source map of ECMA-426, revision 3, with one mapping for
 * each line. Not thread-safe.
 */
final class SourceMap {
    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final int DIGIT_BITS = 5;
    private static final int CONTINUES = 1 << DIGIT_BITS;

    private final List<String> sources = new ArrayList<>();
    private final StringBuilder mappings = new StringBuilder();
    private int lines;
    private int lastSourceLine;

    /** Leaves lines without a source, up to this number of lines. */
    void skipTo(int line) {
        mappings.append(";".repeat(line - lines));
        lines = line;
    }

    /** The next lines of the bundle are all those of this source. */
    void addSource(String address, int count) {
        // Column 0 of the bundle is from this source, this line and column 0: all numbers but the first column count on
        // from the mapping before.
        for (int line = 0; line < count; line++) {
            mappings.append(number(0))
                    .append(number(line == 0 && !sources.isEmpty() ? 1 : 0))
                    .append(number(line - lastSourceLine))
                    .append(number(0))
                    .append(';');
            lastSourceLine = line;
        }
        sources.add(address);
        lines += count;
    }

    /** The last line of the bundle, which has the map. The addresses are relative to that of the bundle. */
    String comment() {
        String list = sources.stream().map(source -> '"' + source + '"').collect(Collectors.joining(","));
        String json = "{\"version\":3,\"sources\":[" + list + "],\"names\":[],\"mappings\":\"" + mappings + "\"}";
        return "//# sourceMappingURL=data:application/json;base64,"
                + Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** A variable-length number: digits of five bits, the lowest first; the lowest bit of all is the sign. */
    private static String number(int value) {
        StringBuilder digits = new StringBuilder();
        int rest = value < 0 ? -value << 1 | 1 : value << 1;
        do {
            int digit = rest % CONTINUES;
            rest >>= DIGIT_BITS;
            digits.append(DIGITS.charAt(rest > 0 ? digit | CONTINUES : digit));
        } while (rest > 0);
        return digits.toString();
    }
}
