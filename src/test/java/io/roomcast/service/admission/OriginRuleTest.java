package io.roomcast.service.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginRuleTest {

    @ParameterizedTest
    @CsvSource({
        "http://chat.example, chat.example, true",
        "https://chat.example, chat.example, true",
        "https://chat.example, chat.example:443, true",
        "http://chat.example:8080, chat.example:8080, true",
        "http://Chat.Example:8080, cHAT.example:8080, true",
        "http://[::1]:8080, [::1]:8080, true",
        "http://[::1], [::1], true",
        "http://chat.example:8081, chat.example:8080, false",
        "http://chat.example, chat.example:8080, false",
        "http://chat.example.evil.example, chat.example, false",
        "http://evilchat.example, chat.example, false",
        "http://evil.example, chat.example, false",
        "http://chat.example@evil.example, chat.example, false",
        "null, chat.example, false",
        "http://chat.example, , false",
        "'http://a b', 'a b', false",
        "http://chat_server:8080, chat_server:8080, true",
        "http://chat_server, chat_server:8080, false",
        "'', chat.example, true",
        "' ', chat.example:8080, true",
        "chat.example, chat.example, true",
        "chat.example, chat.example:8080, true",
        "Chat.example:8080, chat.example:8080, true",
        "chat.example:8081, chat.example:8080, false",
        "evil.example, chat.example, false",
        "null, null, false",
        "http://chat.example/, chat.example, true",
        "http://chat.example/x, chat.example, false",
        "wss://chat.example, chat.example:443, true",
        "http://localhost:8080, 127.0.0.1:8080, false",
        "://chat.example, chat.example:80, true",
    })
    void sameHost(String origin, String host, boolean allowed) {
        assertEquals(allowed, new OriginRule(List.of("same-host"), false).allows(origin, host));
    }

    @ParameterizedTest
    @CsvSource({
        "https://shop.example, true",
        "https://a.b.intranet.example, true",
        "https://intranet.example, false",
        "http://a.intranet.example, false",
        "https://evilintranet.example, false",
        "https://.intranet.example, false",
        "https://shop.example.evil, false",
        "https://chat.example, true",
        "https://chat.example:8443, false",
    })
    void listed(String origin, boolean allowed) {
        OriginRule rule = new OriginRule(List.of("https://shop.example", "https://*.intranet.example"), false);
        assertEquals(allowed, rule.allows(origin, "chat.example"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, 127.0.0.1:8080, true",
        "http://127.0.0.1:8080, localhost:8080, true",
        "http://[::1]:8080, localhost:8080, true",
        "http://localhost/, 127.0.0.1:8080, true",
        "127.0.0.1, localhost:8080, true",
        "http://app.localhost:3000, localhost:8080, true",
        "http://localhost.evil.example:8080, localhost:8080, false",
        "http://evil.example, localhost:8080, false",
        "http://localhost:8080, chat.example:8080, false",
        "null, localhost:8080, false",
    })
    void allLoopbackNamesAreOneWhileNobodyLogsIn(String origin, String host, boolean allowed) {
        assertEquals(allowed, new OriginRule(List.of("same-host"), true).allows(origin, host));
    }

    @Test
    void anEmptyOriginIsOfTheSameHost() {
        assertTrue(new OriginRule(List.of("https://shop.example"), true).allows("", "localhost"));
        assertFalse(new OriginRule(List.of("https://shop.example"), true).allows("", null));
    }

    @Test
    void programsSendNoOrigin() {
        assertTrue(new OriginRule(List.of("https://shop.example"), false).allows(null, "chat.example"));
    }

    @Test
    void starAllowsAll() {
        assertTrue(new OriginRule(List.of("*"), false).allows("null", "chat.example"));
        assertFalse(new OriginRule(List.of("same-host"), false).allows("null", null));
    }
}
