package io.roomcast.service.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Archive;
import io.roomcast.standalone.EmbeddedArchive;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All messages of a user are found once, however much of them the index of the search has. */
class SentMessagesTest {
    private static final UserId ANN = new UserId("ann|1 \"ä\"");

    @TempDir
    private Path directory;

    private Archive archive;

    @BeforeEach
    void open() {
        Map<String, String> settings = Map.of("roomcast.data", directory.toString());
        archive = EmbeddedArchive.open(
                        RoomcastConfig.load(key -> Optional.ofNullable(settings.get(key)), settings.keySet()))
                .orElseThrow();
    }

    @AfterEach
    void close() {
        archive.close();
    }

    /** Every third message is one of ann, and one of the others names her. */
    private void store(String room, long first, long last) {
        archive.append(List.of(new Archive.Run(
                new RoomName(room),
                "e",
                LongStream.rangeClosed(first, last)
                        .mapToObj(offset -> new Archive.Message(
                                offset,
                                1_000,
                                null,
                                ("{\"at\":1000,\"room\":\"" + room + "\",\"sender\":\""
                                                + (offset % 3 == 0 ? "ann|1 \\\"ä\\\"" : "bob")
                                                + "\",\"content\":\"ann|1 \\\"ä\\\" " + offset + "\"}")
                                        .getBytes(StandardCharsets.UTF_8)))
                        .toList())));
    }

    private List<String> findAll(Runnable afterEachPage) {
        SentMessages sent = new SentMessages(archive, ANN);
        List<String> found = new ArrayList<>();
        for (List<SentMessages.Found> page = sent.next(); page != null; page = sent.next()) {
            page.forEach(part ->
                    part.messages().forEach(message -> found.add(part.epoch().room() + ":" + message.offset())));
            afterEachPage.run();
        }
        return found;
    }

    private static Set<String> expected(int inOne, int inTwo) {
        Set<String> expected = new TreeSet<>();
        LongStream.rangeClosed(1, inOne).filter(n -> n % 3 == 0).forEach(n -> expected.add("one:" + n));
        LongStream.rangeClosed(1, inTwo).filter(n -> n % 3 == 0).forEach(n -> expected.add("two:" + n));
        return expected;
    }

    private void assertAllOnce(Set<String> expected, List<String> found) {
        assertEquals(expected, new TreeSet<>(found));
        assertEquals(expected.size(), found.size(), "each once");
    }

    @Test
    void theyAreFoundWithoutTheIndexWithAllOfItAndWhileItGrows() {
        store("one", 1, 2_000);
        store("two", 1, 30);
        assertAllOnce(expected(2_000, 30), findAll(() -> {}));
        assertTrue(archive.index(700) > 0);
        assertAllOnce(expected(2_000, 30), findAll(() -> {}));
        assertAllOnce(expected(2_000, 30), findAll(() -> archive.index(100)));
        while (archive.index(1_000) > 0 || archive.unindexed().isEmpty()) {}
        assertAllOnce(expected(2_000, 30), findAll(() -> {}));
    }

    @Test
    void whatIsErasedIsNotFoundAgain() {
        store("one", 1, 900);
        archive.index(300);
        SentMessages sent = new SentMessages(archive, ANN);
        List<SentMessages.Found> first = sent.next();
        archive.replace(
                first.get(0).epoch().id(),
                first.get(0).messages().stream()
                        .map(message -> new StoredMessage(
                                message.offset(), MessageFrames.erased(new RoomName("one"), message.body())))
                        .toList());
        // The job begins anew, as after a restart of the node.
        List<String> left = findAll(() -> archive.index(100));
        assertEquals(300 - first.get(0).messages().size(), left.size());
        assertEquals(left.size(), new TreeSet<>(left).size());
    }
}
