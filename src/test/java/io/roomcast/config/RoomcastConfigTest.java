package io.roomcast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoomcastConfigTest {

    @Test
    void everyDefaultIsValid() {
        RoomcastConfig config = load(Map.of());
        assertEquals("127.0.0.1", config.get(Keys.HOST), "loopback unless told otherwise");
        assertEquals(8080, config.get(Keys.PORT));
        assertEquals(64 * 1024, config.get(LimitKeys.FRAME_BYTES));
        assertEquals(Duration.ofHours(1), config.get(Keys.HISTORY_AGE));
    }

    @Test
    void valuesAreReadWithTheirUnitsAndWithoutBlanks() {
        RoomcastConfig config = load(Map.of(
                "roomcast.history.age", " 90m ", "roomcast.limits.content-bytes", "2KiB", "roomcast.relay", "LOCAL"));
        assertEquals(Duration.ofMinutes(90), config.get(Keys.HISTORY_AGE));
        assertEquals(2048, config.get(LimitKeys.CONTENT_BYTES));
        assertEquals("local", config.get(Keys.RELAY));
    }

    @Test
    void everythingThatIsWrongIsToldAtOnceOneLineEach() {
        Map<String, String> texts = new HashMap<>();
        Keys.ALL.forEach(key -> texts.put(key.name(), "§"));
        texts.remove(Keys.WEBROOT.name());
        texts.put("roomcast.prot", "1");
        texts.put("ROOMCAST_HISTORY_SIZES", "1");
        List<String> lines = problems(texts);
        for (Key<?> key : Keys.ALL) {
            assertEquals(
                    takesAnything(key) ? 0 : 1,
                    lines.stream()
                            .filter(line -> line.startsWith(key.name() + (key.secret() ? "" : "=§") + " is not "))
                            .count(),
                    key.name());
        }
        assertTrue(
                lines.contains("roomcast.prot is no key of Roomcast; --help lists them. Did you mean roomcast.port?"),
                lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("ROOMCAST_HISTORY_SIZES is no key")));
        long free = Keys.ALL.stream().filter(RoomcastConfigTest::takesAnything).count();
        assertEquals(Keys.ALL.size() - free + 2, lines.size());
    }

    private static boolean takesAnything(Key<?> key) {
        try {
            var unused = key.parser().apply("§");
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Test
    void aTypoIsTakenForTheNearestKeyAndAnythingElseForNone() {
        assertTrue(
                problems(Map.of("roomcast.histroy.age", "1h")).get(0).endsWith("Did you mean roomcast.history.age?"));
        assertTrue(problems(Map.of("roomcast.colour", "blue")).get(0).endsWith("--help lists them"));
    }

    @Test
    void anUnknownNameIsToldOnceInWhicheverForms() {
        assertEquals(
                1,
                problems(Map.of("ROOMCAST_COLOUR", "blue", "roomcast.colour", "blue"))
                        .size());
    }

    /** Whoever has the keys there signs for others, too: without both, another application's token would do. */
    @Test
    void aKeySetFromAUrlNeedsIssuerAndAudience() {
        Map<String, String> texts =
                new HashMap<>(Map.of("roomcast.auth", "token", "roomcast.auth.jwks", "https://login.example/keys"));
        String told = problems(texts).get(0);
        assertTrue(told.contains("needs roomcast.auth.issuer and roomcast.auth.audience"), told);
        texts.put("roomcast.auth.issuer", "https://login.example/");
        assertTrue(problems(texts).get(0).contains("needs roomcast.auth.audience: "));
        texts.put("roomcast.auth.audience", " ");
        assertEquals(1, problems(texts).size());
        texts.put("roomcast.auth.audience", "chat");
        load(texts);
        load(Map.of("roomcast.auth", "token", "roomcast.auth.jwks", "/etc/keys.json"));
        texts.remove("roomcast.auth");
        texts.remove("roomcast.auth.issuer");
        load(texts);
        texts.put("roomcast.api.claim", "scope");
        assertEquals(1, problems(texts).size());
    }

    @Test
    void aRoleHasRulesOfItsOwn() {
        RoomcastConfig config =
                load(Map.of("roomcast.roles.https://a.example/Staff member", "ops-*: read", "roomcast.roles.**", ""));
        assertEquals(
                Set.of("https://a.example/Staff member", "**"),
                config.get(TokenKeys.ROLES).keySet());
        List<String> problems = problems(Map.of("roomcast.roles.staff", "lobby: reed", "roomcast.roles. x", "a: read"));
        assertEquals(
                List.of(
                        "roomcast.roles. x:  x is not the name of a role",
                        "roomcast.roles.staff=lobby: reed is not permissions out of read, publish, presence, history, "
                                + "moderate, *"),
                problems);
    }

    @Test
    void anEmptyTextIsNoValueForANumber() {
        assertEquals(1, problems(Map.of("roomcast.port", " ")).size());
    }

    @Test
    void theEnvironmentsFormOfAKeyIsKnown() {
        Set<String> names = new HashSet<>();
        Keys.ALL.forEach(key -> names.add(key.environmentName()));
        names.add("PATH");
        names.add("java.version");
        names.add("some.roomcast.thing");
        assertEquals(8080, RoomcastConfig.load(key -> Optional.empty(), names).get(Keys.PORT));
        assertEquals("ROOMCAST_LIMITS_FRAME_BYTES", LimitKeys.FRAME_BYTES.environmentName());
    }

    @Test
    void whatIsShownCannotMoveTheTerminal() {
        String line = String.join("", problems(Map.of("roomcast.port", "1\u001b[2J\n2", "roomcast.\u0007", "x")));
        assertFalse(line.chars().anyMatch(c -> c < ' '), line);
    }

    @Test
    void everyKeySaysWhatItIsFor() {
        for (Key<?> key : Keys.ALL) {
            assertTrue(key.name().matches("roomcast\\.[a-z.-]+"), key.name());
            assertTrue(key.doc().endsWith("."), key.name());
            assertFalse(key.kind().isBlank(), key.name());
        }
        assertEquals(
                Keys.ALL.size(),
                Keys.ALL.stream().map(Key::environmentName).distinct().count());
    }

    private static List<String> problems(Map<String, String> texts) {
        return assertThrows(ConfigException.class, () -> load(texts))
                .getMessage()
                .lines()
                .toList();
    }

    private static RoomcastConfig load(Map<String, String> texts) {
        return RoomcastConfig.load(key -> Optional.ofNullable(texts.get(key)), texts.keySet());
    }
}
