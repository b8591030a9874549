package io.roomcast.nats.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NatsSettingsTest {
    @Test
    void addressesNeedNoMoreThanAHost() {
        NatsSettings settings = NatsSettings.of(List.of("broker", "nats://10.0.0.1:4223", "[::1]:9"));
        assertEquals(List.of("nats://broker:4222", "nats://10.0.0.1:4223", "nats://[::1]:9"), settings.servers());
        assertFalse(settings.tls());
        assertTrue(NatsSettings.of(List.of("tls://broker")).tls());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://broker",
                "nats://",
                "nats://secret@broker",
                "nats://ann:secret@broker:4222",
                "nats://broker:0",
                "nats://broker:70000",
                "nats://broker/path",
                "nats://broker?x",
                "nats://bro ker",
                ":4222"
            })
    void otherAddressesAreRefusedAndNotShown(String address) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> NatsSettings.of(List.of(address)));
        assertFalse(refused.getMessage().contains("secret"));
    }

    @Test
    void loginsAreNotShown() {
        NatsSettings settings = NatsSettings.of(List.of("broker"));
        assertFalse(settings.withLogin(new NatsSettings.Password("ann", "secret"))
                .toString()
                .contains("secret"));
        assertFalse(
                settings.withLogin(new NatsSettings.Token("secret")).toString().contains("secret"));
    }

    @Test
    void namesBecomeOnePartOfASubjectAndBack() {
        for (String name :
                List.of("lobby", "a.b", ".a", "a..b", "a b", "*", ">", "caf\u00e9", "\u5c0f", "100%", "@x-_:")) {
            String encoded = Subjects.encode(name);
            assertTrue(encoded.matches("[!-~]+") && !encoded.matches(".*[.*>].*"), encoded);
            assertEquals(name, Subjects.decodeLast("roomcast.l." + encoded));
        }
    }
}
