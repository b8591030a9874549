package io.roomcast.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} names every key that an operator may set. */
class HandbookTest {

    @Test
    void everyKeyIsInTheHandbook() throws IOException {
        String handbook = Files.readString(Path.of("docs/configuration.md"));
        List<String> missing = Keys.ALL.stream()
                .filter(key -> !key.equals(Keys.WEBROOT))
                .map(Key::name)
                .filter(name -> !handbook.contains("`" + name + "`"))
                .toList();
        assertEquals(List.of(), missing);
    }
}
