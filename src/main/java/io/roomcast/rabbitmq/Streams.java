package io.roomcast.rabbitmq;

import com.rabbitmq.stream.Constants;
import com.rabbitmq.stream.impl.Client;
import com.rabbitmq.stream.impl.Client.QueryOffsetResponse;
import com.rabbitmq.stream.impl.Client.Response;
import com.rabbitmq.stream.impl.Client.StreamParametersBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;

/**
 * The streams: one for each partition of the log, and that of the notes, which nobody reads later. The first message of a
 * partition is a {@link StreamMessage.Begin}, and it has a {@link StreamMark}. Its methods block.
 */
final class Streams {
    /** RabbitMQ lets go of whole segments, so that a small one is read sooner when a node starts. */
    private static final long SEGMENT_BYTES = 16_000_000;

    private static final long NOTES_SEGMENT_BYTES = 1_000_000;
    private static final Duration NOTES_KEEP = Duration.ofMinutes(1);
    /** Another node that has seen no mark has written its own one within this time. */
    private static final long SETTLE_MILLIS = 500;

    private static final int LOOKS = 40;
    private static final long LOOK_MILLIS = 50;

    private final RabbitSettings settings;
    private final RabbitConnection connection;
    private final Client client;
    private final LongConsumer pause;

    /** @param pause waits for so many milliseconds, unless the node stops */
    Streams(RabbitSettings settings, RabbitConnection connection, LongConsumer pause) {
        this.settings = settings;
        this.connection = connection;
        this.client = connection.client();
        this.pause = pause;
    }

    /**
     * Makes the streams that do not exist. The mark of the first one says how many there are.
     *
     * @return the marks of all partitions
     * @throws IllegalStateException if RabbitMQ refuses, with the reason
     * @throws ExecutionException if the first message of a stream is not stored
     */
    List<StreamMark> prepare() throws ExecutionException, InterruptedException {
        StreamMark first = mark(0);
        int partitions = first == null ? settings.made().partitions() : first.partitions();
        boolean isMade = false;
        for (int i = 0; i < partitions; i++) {
            if (mark(i) == null) {
                make(i);
                isMade = true;
            }
        }
        create(settings.notesStream(), NOTES_KEEP, NOTES_SEGMENT_BYTES);
        if (isMade) {
            pause.accept(SETTLE_MILLIS);
        }
        List<StreamMark> marks = marks(partitions);
        if (marks.get(0).partitions() != partitions) {
            throw new IllegalStateException("another node makes the streams, with other settings");
        }
        return marks;
    }

    /**
     * The marks that the streams have now.
     *
     * @throws IllegalStateException if one has none
     */
    List<StreamMark> marks(int partitions) {
        List<StreamMark> marks = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            StreamMark mark = mark(i);
            if (mark == null) {
                throw new IllegalStateException("stream " + settings.stream(i) + " is gone");
            }
            marks.add(mark);
        }
        return marks;
    }

    /** Null if the stream has none, or does not exist. */
    StreamMark mark(int partition) {
        String stream = settings.stream(partition);
        QueryOffsetResponse found = client.queryOffset(StreamMark.READER, stream);
        short code = found.getResponseCode();
        if (code == Constants.RESPONSE_CODE_NO_OFFSET || code == Constants.RESPONSE_CODE_STREAM_DOES_NOT_EXIST) {
            return null;
        }
        ResponseCodes.require(found, "stream " + stream + " cannot be read");
        return StreamMark.of(found.getOffset());
    }

    /** Makes a partition, unless it exists, with its first message and its mark. */
    private void make(int partition) throws ExecutionException, InterruptedException {
        String stream = settings.stream(partition);
        create(stream, settings.made().keep(), SEGMENT_BYTES);
        try {
            connection.begin(partition, stream).get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("stream " + stream + " stores nothing", e);
        }
        client.deletePublisher((byte) partition);
        StreamMark mark =
                StreamMark.make(settings.made().partitions(), settings.made().keep());
        client.storeOffset(StreamMark.READER, stream, mark.number());
        for (int i = 0; i < LOOKS && mark(partition) == null; i++) {
            pause.accept(LOOK_MILLIS); // RabbitMQ does not say when it is stored.
        }
    }

    private void create(String stream, Duration keep, long segmentBytes) {
        if (client.metadata(stream).get(stream).isResponseOk()) {
            return;
        }
        Map<String, String> arguments = new StreamParametersBuilder()
                .maxAge(keep)
                .maxSegmentSizeBytes(segmentBytes)
                .initialMemberCount(settings.made().replicas())
                .build();
        Response made = client.create(stream, arguments);
        if (made.getResponseCode() != Constants.RESPONSE_CODE_STREAM_ALREADY_EXISTS) {
            ResponseCodes.require(made, "stream " + stream + " cannot be made");
        }
    }
}
