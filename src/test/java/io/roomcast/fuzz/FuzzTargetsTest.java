package io.roomcast.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs the fuzzer's targets on the inputs that are kept, which begin with all that it ever found, and on nearby ones.
 */
class FuzzTargetsTest {
    private static final Path INPUTS = Path.of("src/test/resources/fuzz");
    private static final int MUTATIONS = 2_000;

    @Test
    void frames() throws IOException {
        replay("frames", FrameTarget::fuzzerTestOneInput);
    }

    @Test
    void tokens() throws IOException {
        replay("tokens", TokenTarget::fuzzerTestOneInput);
    }

    @Test
    void polls() throws IOException {
        replay("polls", PollTarget::fuzzerTestOneInput);
    }

    private static void replay(String inputs, Consumer<byte[]> target) throws IOException {
        try (Stream<Path> files = Files.list(INPUTS.resolve(inputs))) {
            List<Path> sorted = files.sorted().toList();
            assertTrue(sorted.size() > 3);
            for (Path file : sorted) {
                byte[] input = Files.readAllBytes(file);
                target.accept(input);
                Random random = new Random(input.length);
                for (int i = 0; i < MUTATIONS; i++) {
                    byte[] mutated = mutated(input, random);
                    try {
                        target.accept(mutated);
                    } catch (RuntimeException | AssertionError e) {
                        throw new AssertionError(
                                file + ", mutation " + i + ": " + new String(mutated, StandardCharsets.UTF_8), e);
                    }
                }
            }
        }
    }

    private static byte[] mutated(byte[] input, Random random) {
        byte[] copy = input.clone();
        for (int i = 0; copy.length > 0 && i <= random.nextInt(4); i++) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
        }
        return copy;
    }
}
