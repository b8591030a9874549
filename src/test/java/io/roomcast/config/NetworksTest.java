package io.roomcast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworksTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "loopback | 127.0.0.1 | true",
                "loopback | 127.255.0.9 | true",
                "loopback | ::1 | true",
                "loopback | 0:0:0:0:0:0:0:1 | true",
                "loopback | ::ffff:127.0.0.1 | true",
                "loopback | 10.0.0.1 | false",
                "private | 10.255.0.1 | true",
                "private | 172.16.0.1 | true",
                "private | 172.31.255.255 | true",
                "private | 172.32.0.1 | false",
                "private | 172.15.255.255 | false",
                "private | 192.168.7.7 | true",
                "private | 192.169.0.1 | false",
                "private | fe80::1%eth0 | true",
                "private | fd12::7 | true",
                "private | 2001:db8::1 | false",
                "private | 100.64.0.1 | false",
                "private | 127.0.0.1 | false",
                "192.0.2.0/24 | 192.0.2.255 | true",
                "192.0.2.0/24 | 192.0.3.0 | false",
                "192.0.2.7/24 | 192.0.2.8 | true",
                "192.0.2.128/25 | 192.0.2.127 | false",
                "192.0.2.7 | 192.0.2.7 | true",
                "192.0.2.7 | 192.0.2.6 | false",
                "0.0.0.0/0 | 8.8.8.8 | true",
                "0.0.0.0/0 | ::1 | false",
                "2001:db8::/33 | 2001:db8:7fff::1 | true",
                "2001:db8::/33 | 2001:db8:8000::1 | false",
                "loopback, 192.0.2.0/24 | 192.0.2.1 | true",
                "any | 8.8.8.8 | true",
            })
    void containsAnAddress(String networks, String address, boolean contained) {
        assertEquals(contained, Networks.parse(networks).contains(address));
    }

    /** Clients choose some of these texts, through proxies. */
    @ParameterizedTest
    @ValueSource(strings = {"", "unknown", "_hidden", "localhost", "10.0.0.1, 8.8.8.8", "10.0.0", "10.0.0.1:80", "1"})
    void whatIsNoAddressIsOnlyInAny(String text) {
        assertFalse(Networks.parse("loopback,private,0.0.0.0/0,::/0").contains(text));
        assertTrue(Networks.parse("any").contains(text));
    }

    @Test
    void nobodyIsInNone() {
        assertFalse(Networks.parse("none").contains("127.0.0.1"));
        assertFalse(Networks.parse("loopback").contains(null));
        assertTrue(Networks.parse("any,10.0.0.0/8").contains(null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/8/8",
                "300.0.0.0/8",
                "10.0.0/8",
                "::1/129",
                "fe80::1%eth0/64",
                "Private",
                "10.0.0.0/8 192.0.2.0/24",
                "10.0.0.0/9999",
                "/8",
                "any,x"
            })
    void saysWhatANetworkIs(String text) {
        IllegalArgumentException wrong = assertThrows(IllegalArgumentException.class, () -> Networks.parse(text));
        assertTrue(wrong.getMessage().startsWith("a list of networks such as 192.0.2.0/24"), wrong.getMessage());
    }
}
