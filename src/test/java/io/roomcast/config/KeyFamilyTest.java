package io.roomcast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class KeyFamilyTest {
    private static final KeyFamily<Integer> SIZE =
            family("roomcast.cups.<cup>.size", Values.integerBetween(0, 9), Values.matching("[^/]*", "a cup's name"));
    private static final KeyFamily<Integer> FULL_SIZE =
            family("roomcast.cups.<cup>.full.size", Values.integerBetween(0, 9), text -> text);
    private static final KeyFamily<String> OWNER = family("roomcast.owners.<owner>", text -> text, text -> text);

    @Test
    void theOperatorChoosesThePart() {
        RoomcastConfig config = load(Map.of(
                "roomcast.cups.red.size", " 1 ",
                "roomcast.cups.a.b*.size", "2",
                "roomcast.cups.blue.full.size", "3",
                "roomcast.owners.https://a.example/Ärzte: x", "ann"));
        assertEquals(Map.of("red", 1, "a.b*", 2), config.get(SIZE));
        assertEquals(Map.of("blue", 3), config.get(FULL_SIZE), "the longest suffix");
        assertEquals(Map.of("https://a.example/Ärzte: x", "ann"), config.get(OWNER));
        assertEquals("roomcast.cups.a.b*.size", SIZE.name("a.b*"));
        assertEquals(Map.of(), load(Map.of()).get(SIZE));
    }

    @Test
    void everythingThatIsWrongIsToldWithItsKey() {
        assertEquals(
                List.of(
                        "roomcast.cups.<cup>.size: <cup> is not what stands for <cup>, without the brackets",
                        "roomcast.cups.a/b.size: a/b is not a cup's name",
                        "roomcast.cups.red.size=x? is not a whole number from 0 to 9",
                        "roomcast.cups.red.seize is no key of Roomcast; --help lists them. What begins like it: "
                                + "roomcast.cups.<cup>.size, roomcast.cups.<cup>.full.size",
                        "roomcast.cups..size is no key of Roomcast; --help lists them. What begins like it: "
                                + "roomcast.cups.<cup>.size, roomcast.cups.<cup>.full.size",
                        "roomcast.owners. is no key of Roomcast; --help lists them. What begins like it: "
                                + "roomcast.owners.<owner>"),
                problems(Map.of(
                        "roomcast.cups.red.size", "x\u0007",
                        "roomcast.cups.a/b.size", "1",
                        "roomcast.cups.<cup>.size", "1",
                        "roomcast.cups.red.seize", "1",
                        "roomcast.cups..size", "1",
                        "roomcast.owners.", "1")));
    }

    /** It has lost the difference between {@code a.b}, {@code a-b} and {@code A_B}. */
    @Test
    void theEnvironmentsFormIsRefused() {
        List<String> problems = problems(Map.of("ROOMCAST_OWNERS_A_B", "ann", "ROOMCAST_CUPS_RED_SIZE", "1"));
        assertEquals(2, problems.size(), problems::toString);
        assertTrue(problems.get(0).startsWith("ROOMCAST_CUPS_RED_SIZE cannot be told apart"), problems::toString);
        assertTrue(problems.get(1).startsWith("ROOMCAST_OWNERS_A_B cannot be told apart"), problems::toString);
    }

    /** A key of a family and another key would be the same. */
    @Test
    void noKeyBeginsLikeTheKeysOfAFamily() {
        for (KeyFamily<?> family : Keys.FAMILIES) {
            assertTrue(
                    family.pattern().name().matches("roomcast\\.[a-z.-]+\\.<[a-z-]+>(\\.[a-z.-]+)?"), family::toString);
            assertTrue(family.pattern().doc().endsWith("."), family::toString);
            assertFalse(family.pattern().kind().isBlank(), family::toString);
            Keys.ALL.forEach(key ->
                    assertFalse(key.environmentName().startsWith(Key.environmentName(family.prefix())), key::toString));
        }
    }

    private static <T> KeyFamily<T> family(String name, Function<String, T> parser, Function<String, ?> part) {
        return new KeyFamily<>(new Key<>(name, "", "thing", "What it is.", parser), part);
    }

    private static List<String> problems(Map<String, String> texts) {
        return assertThrows(ConfigException.class, () -> load(texts))
                .getMessage()
                .lines()
                .toList();
    }

    private static RoomcastConfig load(Map<String, String> texts) {
        Map<String, String> all = new HashMap<>(texts);
        return RoomcastConfig.load(
                name -> Optional.ofNullable(all.get(name)), all.keySet(), List.of(SIZE, FULL_SIZE, OWNER));
    }
}
