package io.roomcast.service.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientOriginTest {

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
        "127.0.0.1, '127.0.0.1,chat.example', false",
        "127.0.0.1, 'localhost:80,chat.example', false",
        "127.0.0.1, localhost:80@chat.example, false",
        "127.0.0.1, localhost., false",
        "127.0.0.1, , false",
        "10.0.0.5, localhost, false",
        "192.168.1.1, 192.168.1.1, false",
        "0.0.0.0, localhost, false",
        "evil.example, localhost, false",
        "127.0.0.1, 127.0.0.256, false",
        "127.0.0.1, 127.0.0.1.1, false",
        "127.0.0.1, [::ffff:127.0.0.1], true",
        "127.0.0.1, '[.:1]', false",
    })
    void loopbackIsAnAddressAndAName(String local, String host, boolean loopback) {
        assertEquals(loopback, new ClientOrigin(local, "127.0.0.1", host, null, List.of()).isLoopback());
    }

    @Test
    void whoComesFromElsewhereIsNotHere() {
        assertFalse(new ClientOrigin("127.0.0.1", "10.0.0.9", "localhost", null, List.of()).isLoopback());
        assertFalse(new ClientOrigin("127.0.0.1", null, "localhost", null, List.of()).isLoopback());
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Forwarded-For", "x-forwarded-host", "Forwarded", "VIA", "X-Real-IP"})
    void whoComesThroughAProxyIsNotHereWhateverHostItAsksFor(String header) {
        assertTrue(arrival("localhost", List.of("Host", "User-Agent")).isLoopback());
        assertFalse(arrival("localhost", List.of("Host", header)).isLoopback());
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, true",
        "192.0.2.1, 192.0.2.2, false",
        "192.0.2.1, 192.000.002.001, true",
        "192.0.2.1, ::ffff:192.0.2.1, true",
        "2001:db8:0:1::1, 2001:0DB8:0:1:ffff::2%eth0, true",
        "2001:db8:0:1::1, 2001:db8:0:2::1, false",
        "unknown, 192.0.2.256, true",
        "unknown, zz:1, true",
        "unknown, chat.example, true",
        "unknown, '', true",
        "unknown, 192.0.2.1, false",
        "unknown, ::1, false",
    })
    void aNetworkIsAnAddressOrThe64BitsOrNone(String one, String other, boolean same) {
        assertEquals(same, ClientOrigin.network(one).equals(ClientOrigin.network(other)));
    }

    @Test
    void theSealIsThisProcessesOwn() {
        ClientOrigin here = arrival("localhost:80", List.of());
        String sealed = here.toHeader();
        assertEquals(here, ClientOrigin.fromHeader(List.of(sealed)));
        ClientOrigin unknown = new ClientOrigin(null, null, null, null, List.of());
        assertEquals(unknown, ClientOrigin.fromHeader(List.of(unknown.toHeader())));
        String claim = sealed.substring(sealed.indexOf('.'));
        for (List<String> forged : List.of(
                List.<String>of(),
                List.of(""),
                List.of("127.0.0.1 127.0.0.1"),
                List.of(claim),
                List.of("AAAA" + claim),
                List.of("!" + claim),
                List.of("a".repeat(43) + claim),
                List.of(sealed + "."),
                List.of(sealed, sealed),
                List.of("x", sealed))) {
            assertNull(ClientOrigin.fromHeader(forged), forged::toString);
        }
    }

    private static ClientOrigin arrival(String host, List<String> names) {
        return ClientOrigin.of("127.0.0.1", "127.0.0.1", RequestHeads.get("/ws", Map.of("Host", List.of(host))), names);
    }
}
