package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class ExtensionOffersTest {
    @Test
    void whatAServerMayTakeIsPassedOn() {
        assertEquals(
                List.of("permessage-deflate; client_max_window_bits, permessage-deflate"),
                ExtensionOffers.known(
                        List.of("permessage-deflate; client_max_window_bits", "x-webkit, permessage-deflate")));
        String all = "permessage-deflate;server_no_context_takeover; client_no_context_takeover;"
                + " server_max_window_bits=10; client_max_window_bits=\"15\"";
        assertEquals(List.of(all), ExtensionOffers.known(List.of(all)));
    }

    @Test
    void theRestIsNot() {
        assertEquals(
                List.of(),
                ExtensionOffers.known(List.of(
                        "",
                        ",,;=",
                        "permessage-deflate; x=1",
                        "permessage-deflate; server_max_window_bits",
                        "permessage-deflate; client_max_window_bits=7",
                        "bogus")));
    }

    /** A server would write a stack trace for each handshake that ends with an error of the JVM. */
    @Test
    void aLongOfferIsLeftOut() {
        assertEquals(
                List.of(),
                ExtensionOffers.known(List.of("permessage-deflate" + ";client_max_window_bits".repeat(50_000))));
    }
}
