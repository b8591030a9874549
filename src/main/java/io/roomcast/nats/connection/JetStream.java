package io.roomcast.nats.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Message;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import io.roomcast.relay.Futures;
import io.roomcast.relay.RelayUnavailableException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What this node asks JetStream. Any thread may call. No method blocks. Stages complete on a thread of the connection,
 * and fail with {@link RelayUnavailableException}.
 */
public final class JetStream {
    private static final String API = "$JS.API.";
    private static final byte[] NOTHING = new byte[0];

    /** The error of a message that expected another one before it. */
    private static final int WRONG_LAST_SEQUENCE = 10071;

    /** The errors of a message, and of its headers, that are larger than the stream takes. */
    private static final Set<Integer> TOO_LARGE = Set.of(10054, 10097);

    private static final int STREAM_NOT_FOUND = 10059;
    private static final int STREAM_EXISTS_OTHERWISE = 10058;
    private static final int NO_MESSAGE_FOUND = 10037;
    private static final int NOT_FOUND = 404;

    private final NatsLink link;

    public JetStream(NatsLink link) {
        this.link = link;
    }

    /** Whether the server is of this version or a later one. */
    boolean isVersion(String least) {
        return link.isVersion(least);
    }

    /**
     * Appends a message to the stream that has the subject.
     *
     * @param headers with what the stream is to compare before
     */
    public CompletionStage<Append> append(String subject, Headers headers, byte[] body) {
        if (!link.hasPlaceFor(headers, body)) {
            return CompletableFuture.completedFuture(
                    new Append.Refused(new RelayUnavailableException("NATS takes no message as large"), true));
        }
        return Futures.map(link.request(subject, headers, body), reply -> {
            if (isNoResponder(reply)) {
                link.prepareAgain();
                throw new RelayUnavailableException("NATS has no stream for " + subject + ", or JetStream is off");
            }
            JsonValue answer = parse(reply);
            JsonValue error = JsonValueUtils.readObject(answer, "error");
            int code = JsonValueUtils.readInteger(error, "err_code", 0);
            if (code == WRONG_LAST_SEQUENCE) {
                return new Append.Conflict();
            }
            if (code != 0) {
                return new Append.Refused(refused(error), TOO_LARGE.contains(code));
            }
            long sequence = JsonValueUtils.readLong(answer, "seq", 0);
            return Boolean.TRUE.equals(JsonValueUtils.readBoolean(answer, "duplicate", false))
                    ? new Append.Duplicate(sequence)
                    : new Append.Stored(sequence);
        });
    }

    private static RelayUnavailableException refused(JsonValue error) {
        return new RelayUnavailableException("NATS: " + JsonValueUtils.readString(error, "description", "refused"));
    }

    private static boolean isNoResponder(Message reply) {
        return reply.isStatusMessage() && reply.getStatus().isNoResponders();
    }

    private static JsonValue parse(Message reply) {
        try {
            return JsonParser.parse(reply.getData());
        } catch (JsonParseException e) {
            throw new RelayUnavailableException("NATS answers with something else than JSON");
        }
    }

    /** Headers that make the stream compare. */
    public static Headers expecting(long lastOfSubject) {
        return new Headers().put("Nats-Expected-Last-Subject-Sequence", Long.toString(lastOfSubject));
    }

    /** The last message of the subject, as the leader of the stream has it; null if there is none. */
    public CompletionStage<StreamRecord> last(String stream, String subject) {
        return fromLeader(stream, "{\"last_by_subj\":\"" + subject + "\"}", false);
    }

    /** The message of this number, as the leader of the stream has it; null if it is gone. */
    public CompletionStage<StreamRecord> at(String stream, long sequence) {
        return fromLeader(stream, "{\"seq\":" + sequence + "}", false);
    }

    /** As {@link #at}, while the connection is prepared. */
    public CompletionStage<StreamRecord> atWhilePreparing(String stream, long sequence) {
        return fromLeader(stream, "{\"seq\":" + sequence + "}", true);
    }

    private CompletionStage<StreamRecord> fromLeader(String stream, String question, boolean preparing) {
        return Futures.map(ask("STREAM.MSG.GET." + stream, question, preparing), answer -> {
            JsonValue error = JsonValueUtils.readObject(answer, "error");
            int code = JsonValueUtils.readInteger(error, "err_code", 0);
            if (code == NO_MESSAGE_FOUND || code == 0 && JsonValueUtils.readInteger(error, "code", 0) == NOT_FOUND) {
                return null;
            }
            if (code != 0) {
                if (code == STREAM_NOT_FOUND) {
                    link.prepareAgain();
                }
                throw refused(error);
            }
            return StreamRecord.ofLeader(answer);
        });
    }

    /**
     * The first message of the subject from this number of the stream on; null if there is none. A replica may answer.
     * If it has none, the leader is asked, since a replica may be behind.
     */
    public CompletionStage<StreamRecord> next(String stream, String subject, long sequence) {
        String question = "{\"seq\":" + Math.max(sequence, 1) + ",\"next_by_subj\":\"" + subject + "\"}";
        return link.request(API + "DIRECT.GET." + stream, null, question.getBytes(UTF_8))
                .thenCompose(reply -> {
                    if (!reply.isStatusMessage()) {
                        return CompletableFuture.completedFuture(StreamRecord.direct(reply));
                    }
                    if (reply.getStatus().getCode() == NOT_FOUND) {
                        return fromLeader(stream, question, false);
                    }
                    if (isNoResponder(reply)) {
                        link.prepareAgain();
                    }
                    throw new RelayUnavailableException(
                            "NATS: " + reply.getStatus().getMessageWithCode());
                });
    }

    /** The subjects that fit the filter and have messages in the stream, with their numbers. */
    public CompletionStage<Map<String, JsonValue>> subjects(String stream, String filter) {
        return Futures.map(ask("STREAM.INFO." + stream, "{\"subjects_filter\":\"" + filter + "\"}", false), answer -> {
            JsonValue error = JsonValueUtils.readObject(answer, "error");
            if (JsonValueUtils.readInteger(error, "code", 0) != 0) {
                if (JsonValueUtils.readInteger(error, "err_code", 0) == STREAM_NOT_FOUND) {
                    link.prepareAgain();
                }
                throw refused(error);
            }
            JsonValue found = JsonValueUtils.readObject(JsonValueUtils.readObject(answer, "state"), "subjects");
            return found.map == null ? Map.of() : found.map;
        });
    }

    /** Removes all messages of the subject. */
    public CompletionStage<Void> purge(String stream, String subject) {
        return Futures.map(
                ask("STREAM.PURGE." + stream, "{\"filter\":\"" + subject + "\"}", false), answer -> (Void) null);
    }

    /**
     * Makes the stream if there is none. To be called while the connection is prepared.
     *
     * @param config as JSON
     * @return completes with the stream's configuration as it is, which may be another one
     */
    CompletionStage<JsonValue> create(String stream, String config) {
        return ask("STREAM.CREATE." + stream, config, true).thenCompose(answer -> {
            JsonValue error = JsonValueUtils.readObject(answer, "error");
            int code = JsonValueUtils.readInteger(error, "err_code", 0);
            if (code == STREAM_EXISTS_OTHERWISE) {
                return ask("STREAM.INFO." + stream, "", true);
            }
            return JsonValueUtils.readInteger(error, "code", 0) == 0
                    ? CompletableFuture.completedFuture(answer)
                    : CompletableFuture.<JsonValue>failedFuture(refused(error));
        });
    }

    private CompletionStage<JsonValue> ask(String command, String question, boolean preparing) {
        byte[] body = question.isEmpty() ? NOTHING : question.getBytes(UTF_8);
        CompletionStage<Message> reply =
                preparing ? link.send(API + command, null, body) : link.request(API + command, null, body);
        return Futures.map(reply, message -> {
            if (isNoResponder(message)) {
                throw new RelayUnavailableException("JetStream is not enabled");
            }
            return parse(message);
        });
    }

    /** Appends a message while the connection is prepared. */
    CompletionStage<Long> appendWhilePreparing(String subject, Headers headers) {
        return Futures.map(link.send(subject, headers, NOTHING), reply -> {
            if (isNoResponder(reply)) {
                throw new RelayUnavailableException("NATS has no stream for " + subject);
            }
            JsonValue answer = parse(reply);
            JsonValue error = JsonValueUtils.readObject(answer, "error");
            if (JsonValueUtils.readInteger(error, "code", 0) != 0) {
                throw refused(error);
            }
            return JsonValueUtils.readLong(answer, "seq", 0);
        });
    }
}
