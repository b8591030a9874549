package io.roomcast.service;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathRuleTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/metrics;",
                "/health;x/ready",
                "/;/api/v1/node",
                "/api;x/v1/node",
                "/metrics%3b",
                "/metrics%3Bx=y",
                "/x\\metrics",
                "/metrics%00",
                "/metrics%0d%0aX",
                "/metrics%1F",
                "/a%7f",
                "/a\u0001b"
            })
    void refusesWhatServersAndProxiesReadDifferently(String path) {
        assertFalse(PathRule.isPlain(path));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/", "/metrics", "/ws/caf%C3%A9/ann:1@x_y.z-", "/api/v1/rooms/a%2Fb/messages", "/ws/%2e%20"})
    void letsNamesBe(String path) {
        assertTrue(PathRule.isPlain(path));
    }
}
