package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArrivalTest {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, localhost:8080, true",
        "127.0.0.1, LOCALHOST, true",
        "127.8.8.8, 127.0.0.1:80, true",
        "0:0:0:0:0:0:0:1, [::1]:8080, true",
        "::1%lo, localhost, true",
        "127.0.0.1, chat.localhost:1, true",
        "127.0.0.1, chat.example, false",
        "127.0.0.1, localhost.evil.example, false",
        "127.0.0.1, 127.0.0.1.evil.example, false",
        "127.0.0.1, [::1, false",
        "127.0.0.1, , false",
        "10.0.0.5, localhost, false",
        "192.168.1.1, 192.168.1.1, false",
        "0.0.0.0, localhost, false",
        "evil.example, localhost, false",
    })
    void loopbackIsAnAddressAndAName(String local, String host, boolean loopback) {
        assertEquals(
                loopback,
                Arrival.of(Arrival.header(local, "10.0.0.9"), host, null).isLoopback());
    }

    @Test
    void withoutTheGuardNothingIsLoopback() {
        assertFalse(Arrival.of(null, "localhost", null).isLoopback());
        assertFalse(Arrival.of("127.0.0.1", "localhost", null).isLoopback());
        assertFalse(Arrival.of("127.0.0.1 127.0.0.1 x", "localhost", null).isLoopback());
    }
}
