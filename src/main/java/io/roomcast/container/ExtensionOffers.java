package io.roomcast.container;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads the extensions of WebSocket that a client offers. The only extension that a server here may have is
 * {@code permessage-deflate}. Undertow writes a line to the log for each offer with a parameter that it does not know.
 */
final class ExtensionOffers {
    private static final String DEFLATE = "permessage-deflate";
    private static final String BITS = "(\\s*=\\s*\"?(8|9|1[0-5])\"?)";
    private static final Pattern PARAMETER = Pattern.compile("(server|client)_no_context_takeover"
            + "|client_max_window_bits" + BITS + "?|server_max_window_bits" + BITS);
    /** More than any client needs for the four parameters. */
    private static final int MAX_OFFER_LENGTH = 200;

    private ExtensionOffers() {}

    private static boolean isKnown(String offer) {
        if (offer.length() > MAX_OFFER_LENGTH) {
            return false;
        }
        String[] parts = offer.split(";", -1);
        return parts[0].strip().equals(DEFLATE)
                && Arrays.stream(parts)
                        .skip(1)
                        .allMatch(part -> PARAMETER.matcher(part.strip()).matches());
    }

    /**
     * @param lines values of {@code Sec-WebSocket-Extensions}
     * @return those offers that all servers can read, in one line; empty if there are none
     */
    static List<String> known(List<String> lines) {
        List<String> offers = lines.stream()
                .flatMap(line -> Arrays.stream(line.split(",", -1)))
                .map(String::strip)
                .filter(ExtensionOffers::isKnown)
                .toList();
        return offers.isEmpty() ? offers : List.of(String.join(", ", offers));
    }
}
