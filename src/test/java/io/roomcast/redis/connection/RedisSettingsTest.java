package io.roomcast.redis.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.redis.connection.RedisSettings.Address;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSettingsTest {

    private static Address address(RedisSettings settings) {
        return ((RedisSettings.Single) settings.servers()).address();
    }

    @Test
    void uriMayNameTheHostOnly() {
        RedisSettings settings = RedisSettings.parse("redis://cache");
        assertEquals(new Address("cache", 6379), address(settings));
        assertNull(settings.user());
        assertNull(settings.password());
        assertEquals(0, settings.database());
        assertFalse(settings.tls());
    }

    @Test
    void uriMaySayEverything() {
        RedisSettings settings = RedisSettings.parse("rediss://ann:p%40ss%3Aw+rd@[::1]:6380/3");
        assertEquals(new Address("::1", 6380), address(settings));
        assertEquals("ann", settings.user());
        assertEquals("p@ss:w+rd", settings.password());
        assertEquals(3, settings.database());
        assertTrue(settings.tls());
    }

    @Test
    void passwordAloneIsTheDefaultUsers() {
        RedisSettings settings = RedisSettings.parse("redis://:secret@cache");
        assertNull(settings.user());
        assertEquals("secret", settings.password());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cache:6379",
                "http://cache",
                "redis://",
                "redis://secret@cache",
                "redis://:secret@cache/x",
                "redis://:secret@cache?db=1",
                "redis://:sec ret@cache"
            })
    void whatIsNoSuchUriIsRefusedWithoutShowingIt(String text) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> RedisSettings.parse(text));
        assertTrue(refused.getMessage().startsWith("redis://[[user]:password@]host"));
        assertNull(refused.getCause());
    }

    @Test
    void secretsAreNotShown() {
        RedisSettings settings = RedisSettings.parse("redis://ann:secret@cache");
        RedisSettings watched = settings.withSentinels("rooms", List.of("s1"), "hidden");
        assertFalse((settings + " " + watched).matches(".*(secret|hidden).*"));
    }

    @Test
    void sentinelsAndClustersHaveTheirOwnPorts() {
        RedisSettings settings = RedisSettings.parse("redis://ignored");
        RedisSettings.Sentinels sentinels = (RedisSettings.Sentinels)
                settings.withSentinels("rooms", List.of("s1", "s2:7"), null).servers();
        assertEquals(List.of(new Address("s1", 26379), new Address("s2", 7)), sentinels.addresses());
        RedisSettings.Cluster cluster = (RedisSettings.Cluster)
                settings.withCluster(List.of("c1", " [::1]:7 ")).servers();
        assertEquals(List.of(new Address("c1", 6379), new Address("::1", 7)), cluster.addresses());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host:port", "user@host", "host/path", "::1"})
    void whatIsNoAddressIsRefused(String text) {
        assertEquals(
                "HOST:PORT",
                assertThrows(IllegalArgumentException.class, () -> Address.parse(text, 1))
                        .getMessage());
    }

    @Test
    void clusterHasOneDatabase() {
        RedisSettings settings = RedisSettings.parse("redis://cache/1");
        assertThrows(IllegalArgumentException.class, () -> settings.withCluster(List.of("c1")));
    }
}
