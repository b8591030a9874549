package io.roomcast.service.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.config.NumericAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @Test
    void aHostIsANameOrAnAddress() {
        assertEquals(new HostPort("chat.example", -1), HostPort.parse("Chat.Example"));
        assertEquals(new HostPort("chat_server", 8080), HostPort.parse("chat_server:8080"));
        assertEquals(new HostPort("[::1]", 80), HostPort.parse("[::1]:80"));
        assertEquals(new HostPort("10.0.0.1", -1), HostPort.parse("10.0.0.1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ":80",
                "a:",
                "a:-1",
                "a:99999",
                "a:x",
                "a b",
                "a,b",
                "a/b",
                "user@a",
                "[::1",
                "[zz]",
                "[]",
                "[::1%lo]",
                "[127.0.0.1]",
                "[.:1]",
                "\u00fcmlaut",
                "a\\b",
                "<x>",
                "http://a",
                "a?b",
                "a#b",
                "%41",
                "*",
                "a;b",
                "$(x)",
                "a:80:80",
                "a\n"
            })
    void otherTextsAreNoHost(String text) {
        assertNull(HostPort.parse(text));
    }

    /** Java would resolve each of them, and some servers take an address for what a client wrote. */
    @ParameterizedTest
    @ValueSource(
            strings = {"999.999.999.999", "1.2.3.256", ".:1", "z:b", "g::1", "chat.example", "localhost", "", "%1"})
    void whatIsNoAddressIsNotResolved(String text) {
        assertNull(NumericAddress.of(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "0:0:0:0:0:0:0:1", "fe80::1%eth0", "::ffff:10.0.0.1"})
    void addressesAreRead(String text) {
        assertNotNull(NumericAddress.of(text));
    }
}
