package io.roomcast.relay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.protocol.UserId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link Archive} promises, for any database. */
public abstract class ArchiveContractTest extends ArchiveSearchContract {
    private static final long PLENTY = 1 << 20;

    /** Opens the archive of this test, with what was stored in it before. */
    protected abstract Archive open();

    @BeforeEach
    void openFirst() {
        archive = open();
    }

    @AfterEach
    void close() {
        archive.close();
    }

    private void reopen() {
        archive.close();
        archive = open();
    }

    /** @param key null for none */
    protected static Archive.Message message(long offset, long storedAt, String key) {
        return new Archive.Message(offset, storedAt, key == null ? null : bytes(key), bytes("body " + offset));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Messages that are stored at the times of their offsets. */
    protected Archive.Run run(RoomName of, String epoch, long first, long last) {
        return new Archive.Run(
                of,
                epoch,
                LongStream.rangeClosed(first, last)
                        .mapToObj(offset -> message(offset, offset, null))
                        .toList());
    }

    private static List<Long> offsets(List<Archive.Message> messages) {
        return messages.stream().map(Archive.Message::offset).toList();
    }

    private static List<Long> between(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    @Test
    void whatWasStoredIsThereAfterAnotherStart() {
        byte[] binary = new byte[256];
        IntStream.range(0, 256).forEach(i -> binary[i] = (byte) i);
        archive.append(List.of(new Archive.Run(
                room,
                "e1",
                List.of(
                        new Archive.Message(1, 1_000, bytes("0123456789abcdef"), binary),
                        new Archive.Message(2, 1_001, null, new byte[0])))));
        byte[] salt = archive.salt();
        reopen();
        assertEquals(Optional.of(new Archive.Numbering("e1", 2)), archive.numbering(room));
        List<Archive.Message> found = archive.after(room, "e1", 0, 10, PLENTY);
        assertEquals(List.of(1L, 2L), offsets(found));
        assertEquals(1_000, found.get(0).storedAt());
        assertArrayEquals(bytes("0123456789abcdef"), found.get(0).keyDigest());
        assertArrayEquals(binary, found.get(0).body());
        assertNull(found.get(1).keyDigest());
        assertEquals(0, found.get(1).body().length);
        assertArrayEquals(salt, archive.salt());
        assertFalse(Arrays.equals(salt, new byte[salt.length]));
    }

    @Test
    void nothingIsKnownOfARoomThatNeverHadAMessage() {
        assertEquals(Optional.empty(), archive.numbering(room));
        assertEquals(List.of(), archive.before(room, "e1", 9, 9, PLENTY));
        assertEquals(List.of(), archive.after(room, "e1", 0, 9, PLENTY));
        assertEquals(List.of(), archive.keysSince(room, "e1", 0));
    }

    @Test
    void roomsAndEpochsAreKeptApart() {
        RoomName other = new RoomName(room + ".other");
        archive.append(List.of(run(room, "e1", 1, 3), run(other, "e1", 1, 5)));
        archive.append(List.of(run(room, "e2", 1, 2)));
        assertEquals(Optional.of(new Archive.Numbering("e2", 2)), archive.numbering(room));
        assertEquals(Optional.of(new Archive.Numbering("e1", 5)), archive.numbering(other));
        assertEquals(between(1, 3), offsets(archive.after(room, "e1", 0, 10, PLENTY)));
        assertEquals(between(1, 2), offsets(archive.after(room, "e2", 0, 10, PLENTY)));
    }

    @Test
    void aPlaceNeverHoldsTwoMessagesAndACallStoresAllOrNothing() {
        archive.append(List.of(run(room, "e1", 1, 3)));
        RoomName other = new RoomName(room + ".other");
        assertThrows(
                ArchiveException.class, () -> archive.append(List.of(run(other, "e9", 1, 2), run(room, "e1", 3, 4))));
        assertEquals(Optional.empty(), archive.numbering(other));
        assertEquals(Optional.of(new Archive.Numbering("e1", 3)), archive.numbering(room));
        archive.append(List.of(run(other, "e9", 1, 2), run(room, "e1", 4, 4)));
        assertEquals(Optional.of(new Archive.Numbering("e1", 4)), archive.numbering(room));
    }

    @Test
    void pagesAreConsecutiveInBothDirectionsAndBounded() {
        archive.append(List.of(run(room, "e1", 1, 1_000)));
        assertEquals(between(991, 1_000), offsets(archive.before(room, "e1", 1_001, 10, PLENTY)));
        assertEquals(between(981, 990), offsets(archive.before(room, "e1", 991, 10, PLENTY)));
        assertEquals(List.of(1L), offsets(archive.before(room, "e1", 2, 10, PLENTY)));
        assertEquals(between(501, 510), offsets(archive.after(room, "e1", 500, 10, PLENTY)));
        assertEquals(List.of(), archive.after(room, "e1", 1_000, 10, PLENTY));
        // A body has 8 bytes there.
        assertEquals(between(501, 503), offsets(archive.after(room, "e1", 500, 10, 31)));
        assertEquals(between(498, 500), offsets(archive.before(room, "e1", 501, 10, 31)));
        assertEquals(List.of(501L), offsets(archive.after(room, "e1", 500, 10, 1)), "at least one");
    }

    @Test
    void keysAreFoundBackToATime() {
        List<Archive.Message> messages = new ArrayList<>();
        for (long offset = 1; offset <= 20; offset++) {
            messages.add(message(offset, 100 * offset, offset % 2 == 0 ? "key " + offset : null));
        }
        archive.append(List.of(new Archive.Run(room, "e1", messages)));
        List<Archive.Key> found = archive.keysSince(room, "e1", 1_500);
        assertEquals(
                List.of(16L, 18L, 20L), found.stream().map(Archive.Key::offset).toList());
        assertEquals(1_600, found.get(0).storedAt());
        assertArrayEquals(bytes("key 16"), found.get(0).digest());
    }

    @Test
    void theOldestAreDeletedBackToATimeAndTheirOffsetsAreNeverGivenAgain() {
        RoomName other = new RoomName(room + ".other");
        archive.append(List.of(run(room, "e1", 1, 10), run(other, "e1", 1, 5)));
        archive.append(List.of(run(room, "e2", 1, 3)));
        List<Archive.Epoch> epochs = archive.epochs(0, 10);
        assertEquals(
                List.of(room, other, room),
                epochs.stream().map(Archive.Epoch::room).toList());
        assertEquals(epochs.subList(1, 2), archive.epochs(epochs.get(0).id(), 1));
        long first = epochs.get(0).id();
        assertEquals(0, archive.deleteOldest(first, 1, 10));
        assertEquals(4, archive.deleteOldest(first, 8, 4));
        assertEquals(3, archive.deleteOldest(first, 8, 4));
        assertEquals(0, archive.deleteOldest(first, 8, 4));
        assertEquals(between(8, 10), offsets(archive.after(room, "e1", 0, 20, PLENTY)));
        assertEquals(8, archive.firstOffset(room, "e1"));
        assertEquals(3, archive.deleteOldest(epochs.get(2).id(), 100, 10));
        assertEquals(4, archive.firstOffset(room, "e2"));
        reopen();
        assertEquals(Optional.of(new Archive.Numbering("e2", 3)), archive.numbering(room));
        archive.append(List.of(run(room, "e2", 4, 4)));
        assertEquals(Optional.of(new Archive.Numbering("e2", 4)), archive.numbering(room));
        assertEquals(Optional.of(new Archive.Numbering("e1", 5)), archive.numbering(other));
        assertEquals(1, archive.firstOffset(other, "e1"));
        assertEquals(1, archive.firstOffset(other, "never"));
    }

    @Test
    void whatIsStoredIsIndexedAfterwardsSomeAtATimeAndOnce() {
        indexAll();
        RoomName other = new RoomName(room + ".other");
        archive.append(List.of(run(room, "e1", 1, 5), run(other, "e1", 1, 2)));
        assertEquals(OptionalLong.of(7), archive.unindexed());
        assertEquals(3, archive.index(3));
        assertEquals(3, archive.index(3));
        assertEquals(OptionalLong.of(1), archive.unindexed());
        archive.append(List.of(run(room, "e1", 6, 6), run(room, "e2", 1, 1)));
        reopen();
        assertEquals(OptionalLong.empty(), archive.unindexed(), "nobody has looked yet");
        assertEquals(3, archive.index(100));
        assertEquals(OptionalLong.of(0), archive.unindexed());
        assertEquals(0, archive.index(100));
    }

    @Test
    void otherBodiesTakeThePlaceOfMessagesAndOfTheirWords() {
        say(room, "e1", 1, "ann", "alpha", "beta", "alpha too", "alpha again");
        assertFound("alpha", 4, 3, 1);
        say(room, "e1", 5, "ann", "alpha at last");
        Archive.Epoch epoch = archive.epochs(room).get(0);
        assertEquals(new Archive.Epoch(epoch.id(), room, "e1", 4), epoch);
        List<Archive.Message> before = archive.after(epoch.id(), 0, 10, PLENTY);
        assertEquals(between(1, 5), offsets(before));
        UserId ann = new UserId("ann");
        List<Archive.Sent> sent = archive.sentBy(ann, 0, 3, PLENTY);
        assertEquals(between(1, 3), sent.stream().map(Archive.Sent::offset).toList());
        assertEquals(
                List.of(4L),
                archive.sentBy(ann, sent.get(2).id(), 10, PLENTY).stream()
                        .map(Archive.Sent::offset)
                        .toList());
        byte[] other = bytes("{\"at\":7,\"sender\":\"\",\"content\":\"gamma\"}");
        // One that is in the index, one that is not yet, and one that is not there at all.
        archive.replace(
                epoch.id(),
                List.of(new StoredMessage(3, other), new StoredMessage(5, other), new StoredMessage(9, other)));
        assertFound("alpha", 4, 1);
        assertFound("gamma", 5, 3);
        reopen();
        List<Archive.Message> after = archive.after(epoch.id(), 0, 10, PLENTY);
        assertEquals(between(1, 5), offsets(after));
        assertArrayEquals(other, after.get(2).body());
        assertEquals(before.get(2).storedAt(), after.get(2).storedAt());
        assertArrayEquals(before.get(3).body(), after.get(3).body());
        assertEquals(
                List.of(1L, 2L, 4L),
                archive.sentBy(ann, 0, 10, PLENTY).stream()
                        .map(Archive.Sent::offset)
                        .toList());
        assertEquals(List.of(), archive.epochs(new RoomName(room + ".none")));
    }

    @Test
    void aCheckCommitsAndChangesNoMessage() {
        archive.append(List.of(run(room, "e1", 1, 3)));
        archive.check(0);
        archive.check(1 << 20);
        reopen();
        assertEquals(between(1, 3), offsets(archive.after(room, "e1", 0, 10, PLENTY)));
    }
}
