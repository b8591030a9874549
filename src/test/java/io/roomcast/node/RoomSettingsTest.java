package io.roomcast.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.ConfigException;
import io.roomcast.config.RoomKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.RoomSettings.Presence;
import io.roomcast.node.RoomSettings.Shown;
import io.roomcast.protocol.RoomName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoomSettingsTest {
    private RoomcastConfig config;
    private Limits limits;

    @Test
    void theRoomsOwnKeyHoldsElseTheLongestPrefixForEachSettingByItself() {
        RoomSettings settings = settings(Map.of(
                "roomcast.rooms.*.members", "1",
                "roomcast.rooms.news-*.members", "2",
                "roomcast.rooms.news-uk-*.history.age", "1d",
                "roomcast.rooms.news-uk-london.history.size", "5",
                "roomcast.rooms.news-uk.members", "3"));
        assertEquals(1, settings.members(new RoomName("lobby")));
        assertEquals(1, settings.members(new RoomName("news")));
        assertEquals(2, settings.members(new RoomName("news-")));
        assertEquals(2, settings.members(new RoomName("news-uk-london")), "a longer one that does not say it");
        assertEquals(3, settings.members(new RoomName("news-uk")));
        assertEquals(Duration.ofDays(1), settings.historyAge(new RoomName("news-uk-london")));
        assertEquals(Duration.ofHours(1), settings.historyAge(new RoomName("news-uk")));
        assertEquals(5, settings.historySize(new RoomName("news-uk-london")));
        assertEquals(10_000, settings.historySize(new RoomName("news-uk-leeds")));
    }

    @Test
    void theValueOfTheNodeHoldsElsewhereAlsoWhenItChanges() {
        RoomSettings settings =
                settings(Map.of("roomcast.rooms.lobby.members", "4", "roomcast.rooms.lobby.publish-rate", "0"));
        Author author = new Author("test");
        limits.set("roomcast.limits.room-users", "9", author);
        limits.set("roomcast.limits.room-publish-rate", "8", author);
        assertEquals(4, settings.members(new RoomName("lobby")));
        assertEquals(0, settings.publishRate(new RoomName("lobby")));
        assertEquals(9, settings.members(new RoomName("hall")));
        assertEquals(8, settings.publishRate(new RoomName("hall")));
        String key = settings.key(new RoomName("lobby"), RoomKeys.MEMBERS);
        assertEquals("4", config.text(key), "for the warning that a client reached it");
    }

    @Test
    void eachSettingIsShownWithItsKey() {
        RoomSettings settings = settings(Map.of(
                "roomcast.rooms.a.b.history.size", "7",
                "roomcast.rooms.a.*.history.age", "90s",
                "roomcast.rooms.a.*.history.bytes", "1024KiB",
                "roomcast.rooms.a.*.presence", "NONE",
                "roomcast.history.size", "12"));
        RoomName room = new RoomName("a.b");
        assertEquals(
                List.of(
                        new Shown("history.size", "7", "roomcast.rooms.a.b.history.size"),
                        new Shown("history.age", "90s", "roomcast.rooms.a.*.history.age"),
                        new Shown("history.bytes", "1MiB", "roomcast.rooms.a.*.history.bytes"),
                        new Shown("retention", "0", "roomcast.archive.retention"),
                        new Shown("presence", "none", "roomcast.rooms.a.*.presence"),
                        new Shown("members", "50000", "roomcast.limits.room-users"),
                        new Shown("publish-rate", "10000", "roomcast.limits.room-publish-rate"),
                        new Shown("publish", "members", "default"),
                        new Shown("permissions", "", "default")),
                settings.shown(room));
        assertEquals(Presence.NONE, settings.presence(room));
        assertEquals(
                new Shown("history.size", "12", "roomcast.history.size"),
                settings.shown(new RoomName("b")).get(0));
        assertEquals(Presence.ALL, settings.presence(new RoomName("b")));
        assertFalse(settings.anyoneMayPublish(room));
    }

    @Test
    void everySettingIsCheckedAtTheStart() {
        assertEquals(
                List.of(
                        "roomcast.rooms.a b.members: a b is not the name of a room, or the beginning of one with * at "
                                + "its end",
                        "roomcast.rooms.a*b.members: a*b is not the name of a room, or the beginning of one with * at "
                                + "its end",
                        "roomcast.rooms.x.history.age=1 is not a duration such as 500ms, 10s, 5m or 1h",
                        "roomcast.rooms.x.history.bytes=1B is not a size from 64KiB to 16GiB",
                        "roomcast.rooms.x.history.size=-1 is not a whole number from 0 to 1000000",
                        "roomcast.rooms.x.members=many is not a whole number from 0 to 10000000",
                        "roomcast.rooms.x.presence=some is not one of all, count, none",
                        "roomcast.rooms.x.publish=nobody is not one of members, anyone",
                        "roomcast.rooms.x.publish-rate= is not a whole number from 0 to 10000000",
                        "roomcast.rooms.x.colour is no key of Roomcast; --help lists them. What begins like it: "
                                + String.join(
                                        ", ",
                                        RoomKeys.ALL.stream()
                                                .map(setting ->
                                                        setting.pattern().name())
                                                .toList())),
                problems(Map.of(
                        "roomcast.rooms.a b.members", "1",
                        "roomcast.rooms.a*b.members", "1",
                        "roomcast.rooms.x.history.age", "1",
                        "roomcast.rooms.x.history.bytes", "1B",
                        "roomcast.rooms.x.history.size", "-1",
                        "roomcast.rooms.x.members", "many",
                        "roomcast.rooms.x.presence", "some",
                        "roomcast.rooms.x.publish", "nobody",
                        "roomcast.rooms.x.publish-rate", " ",
                        "roomcast.rooms.x.colour", "red")));
    }

    /** A prefix may end where a name may not: the Catalan middle dot stands between two letters. */
    @Test
    void aPatternIsAnyNameAndAnyBeginningOfOne() {
        String beginning = "col\u00B7*";
        RoomSettings settings =
                settings(Map.of("roomcast.rooms." + beginning + ".members", "1", "roomcast.rooms.\u5927.members", "2"));
        assertEquals(1, settings.members(new RoomName("col\u00B7la")));
        assertEquals(2, settings.members(new RoomName("\u5927")));
        assertTrue(
                problems(Map.of("roomcast.rooms.col\u00B7.members", "1")).get(0).contains("is not the name"));
    }

    private static List<String> problems(Map<String, String> texts) {
        return assertThrows(ConfigException.class, () -> config(texts))
                .getMessage()
                .lines()
                .toList();
    }

    private RoomSettings settings(Map<String, String> texts) {
        config = config(texts);
        limits = new Limits(config, new NodeMetrics());
        return new RoomSettings(config, limits);
    }

    private static RoomcastConfig config(Map<String, String> texts) {
        return RoomcastConfig.load(name -> Optional.ofNullable(texts.get(name)), texts.keySet());
    }
}
