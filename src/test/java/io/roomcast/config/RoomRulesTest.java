package io.roomcast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoomRulesTest {

    @ParameterizedTest
    @CsvSource({
        "lobby, read publish",
        "lobby2, ''",
        "ops-, read",
        "ops-db, read",
        "ops-alarm-db, read publish history presence moderate",
        "ops-alarm-secret, ''",
        "ops, ''",
        "Lobby, ''",
        "a:b, history",
    })
    void theClosestRuleCounts(String room, String words) {
        RoomRules rules =
                RoomRules.parse(" ops-*: read; ops-alarm-*:*;ops-alarm-secret:; lobby : publish , read;a:b: history ;");
        assertEquals(Set.of(words.isEmpty() ? new String[0] : words.split(" ", -1)), permitted(rules, room));
    }

    @Test
    void aStarAloneIsEveryRoom() {
        assertEquals(Set.of("presence"), permitted(RoomRules.parse("*: presence"), "any"));
        assertEquals(Set.of(), permitted(RoomRules.parse(""), "any"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lobby",
                "read",
                ": read",
                "lobby: write",
                "lobby: Read",
                "lobby: read publish",
                "lobby: read: publish",
                "*-ops: read",
                "o*s: read",
                "**: read",
                "a b: read",
                "a/b: read",
                "A\u030a: read",
                "lobby: read; lobby: publish",
                "lobby: read; ops"
            })
    void whatIsNoRuleIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> RoomRules.parse(text));
    }

    /** A prefix may end where a name may not: after an apostrophe, or after nothing. */
    @Test
    void aPrefixNeedNotBeAName() {
        assertEquals(Set.of("read"), permitted(RoomRules.parse("O'*: read"), "O'Brien"));
        assertFalse(RoomRules.parse("O'*: read").permits(Permission.READ, "Olga"));
    }

    private static Set<String> permitted(RoomRules rules, String room) {
        return Stream.of(Permission.values())
                .filter(permission -> rules.permits(permission, room))
                .map(Permission::word)
                .collect(Collectors.toSet());
    }
}
