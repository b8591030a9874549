package io.roomcast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "0s, 0", "1ms, 1", "500ms, 500", "10s, 10000", "5m, 300000", "1h, 3600000", "2d, 172800000"})
    void durationsHaveUnits(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), Values.duration(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "-1s",
                "1.5h",
                "s",
                "1 s",
                "1S",
                "1sec",
                "00",
                "1s1s",
                "9999999999999999s",
                "3651d",
                "999999999999999d",
                "١s"
            })
    void anythingElseIsNoDuration(String text) {
        assertThrows(IllegalArgumentException.class, () -> Values.duration(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "17, 17", "1B, 1", "1KiB, 1024", "3MiB, 3145728", "2GiB, 2147483648"})
    void sizesHaveUnits(String text, long bytes) {
        assertEquals(bytes, Values.size(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1KB", "1kib", "-1", "1.5MiB", "KiB", "1 KiB", "99999999999999999", "999999999999999GiB"})
    void anythingElseIsNoSize(String text) {
        assertThrows(IllegalArgumentException.class, () -> Values.size(text));
    }

    @Test
    void boundsAreInclusive() {
        Function<String, Duration> duration = Values.durationBetween("1s", "1h");
        assertEquals(Duration.ofSeconds(1), duration.apply("1000ms"));
        assertEquals(Duration.ofHours(1), duration.apply("60m"));
        refuses(duration, "999ms", "61m", "0");

        Function<String, Long> size = Values.sizeBetween("1KiB", "1MiB", false);
        assertEquals(1024, size.apply("1024"));
        assertEquals(1 << 20, size.apply("1024KiB"));
        refuses(size, "1023", "1025KiB", "0");

        Function<String, Integer> number = Values.integerBetween(1, 9);
        assertEquals(1, number.apply("1"));
        assertEquals(9, number.apply("9"));
        refuses(number, "0", "10", "", "x", "1.0", "99999999999", "-1");
    }

    @Test
    void zeroLiftsALimitOnlyWhereThatIsSaid() {
        assertEquals(0, Values.sizeBetween("1KiB", "1MiB", true).apply("0"));
        refuses(Values.sizeBetween("1KiB", "1MiB", true), "1");
    }

    @Test
    void refusalsSayWhatIsExpected() {
        Exception refusal = assertThrows(
                IllegalArgumentException.class,
                () -> Values.oneOf("local", "redis").apply("kafka"));
        assertEquals("one of local, redis", refusal.getMessage());
        assertEquals("redis", Values.oneOf("local", "redis").apply("Redis"));
    }

    private static void refuses(Function<String, ?> parser, String... texts) {
        for (String text : texts) {
            assertThrows(IllegalArgumentException.class, () -> parser.apply(text), text);
        }
    }
}
