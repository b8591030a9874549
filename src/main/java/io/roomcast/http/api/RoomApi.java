package io.roomcast.http.api;

import io.roomcast.config.Permission;
import io.roomcast.http.Problem;
import io.roomcast.identity.ApiPermission;
import io.roomcast.protocol.ClientFrameReader;
import io.roomcast.protocol.DisplayName;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.IdempotencyKey;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.Payload;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.Relay;
import io.roomcast.service.BackEndService;
import io.roomcast.service.Failure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.JsonObject;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Serves the routes about rooms, for back ends. Any thread; does not block. */
@ApplicationScoped
public class RoomApi {
    private static final Logger LOG = System.getLogger(RoomApi.class.getName());
    /** Most rooms of a broadcast. */
    private static final int MAX_ROOMS = 1_000;
    /** Most messages of one page of the history. */
    private static final int MAX_MESSAGES = 200;

    private static final int DEFAULT_MESSAGES = 50;

    public record Published(String room, String epoch, long offset) {}

    /**
     * Several messages, of which the first {@code count} are stored.
     *
     * @param positions null if each is one after the one before
     * @param error why the next one was not stored; null if all are
     */
    public record PublishedAll(
            String room,
            String epoch,
            long offset,
            long first,
            int count,
            List<ServerFrame.Place> positions,
            JsonObject error) {

        private static PublishedAll of(RoomName room, Relay.Prefix stored) {
            JsonObject error = null;
            if (stored.refusal() != null) {
                Failure failure = Failure.of(stored.refusal());
                failure.log(LOG, "A part of several messages was not stored");
                error = Problem.of(failure).toJson();
            }
            ServerFrame.Ack ack = ServerFrame.Ack.ofAll(null, room.value(), stored.positions(), null);
            return new PublishedAll(
                    ack.room(), ack.epoch(), ack.offset(), ack.first(), ack.count(), ack.positions(), error);
        }
    }

    /** @param error null if the message was stored in the room; otherwise epoch and offset are null */
    public record Outcome(String room, String epoch, Long offset, JsonObject error) {}

    public record Broadcast(int stored, int failed, List<Outcome> results) {}

    public record Members(String room, long count, List<ServerFrame.Person> users) {}

    private final ClientFrameReader frames = new ClientFrameReader();
    private BackEndService backEnd;

    /** For the container's proxy. */
    protected RoomApi() {}

    @Inject
    public RoomApi(BackEndService backEnd) {
        this.backEnd = backEnd;
    }

    /** The routes that this class serves. */
    List<Route> routes() {
        return List.of(
                new Route("POST", "/rooms/{room}/messages", ApiPermission.PUBLISH, this::publish),
                new Route("POST", "/broadcast", ApiPermission.PUBLISH, this::broadcast),
                new Route("GET", "/rooms/{room}/messages", ApiPermission.READ, this::history),
                new Route("GET", "/rooms/{room}/members", ApiPermission.READ, this::members));
    }

    private CompletionStage<ApiAnswer> publish(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.require(Permission.PUBLISH, room);
        String messages = request.json("messages");
        if (messages != null) {
            return publishAll(room, request, messages);
        }
        return backEnd.publish(room, sender(request), payload(request), idempotencyKey(request))
                .thenApply(position -> ApiAnswer.ok(new Published(room.value(), position.epoch(), position.offset())));
    }

    private CompletionStage<ApiAnswer> publishAll(RoomName room, ApiRequest request, String messages) {
        if (Stream.of("content", "data", "meta").anyMatch(name -> request.json(name) != null)
                || idempotencyKey(request) != null) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST, "messages excludes content, data, meta and idempotencyKey");
        }
        return backEnd.publishAll(room, sender(request), frames.readMessages(messages))
                .thenApply(stored -> ApiAnswer.ok(PublishedAll.of(room, stored)));
    }

    /** Publishes a message in many rooms. Each room has its own outcome. A failure affects only one room. */
    private CompletionStage<ApiAnswer> broadcast(ApiRequest request, ApiCaller caller) {
        User sender = sender(request);
        Payload payload = payload(request);
        String idempotencyKey = idempotencyKey(request);
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (String name : request.texts("rooms", MAX_ROOMS)) {
            outcomes.add(publishOne(name, sender, payload, idempotencyKey, caller));
        }
        return CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
                .thenApply(all -> {
                    List<Outcome> results =
                            outcomes.stream().map(CompletableFuture::join).toList();
                    int failed = (int) results.stream()
                            .filter(outcome -> outcome.error() != null)
                            .count();
                    return ApiAnswer.ok(new Broadcast(results.size() - failed, failed, results));
                });
    }

    private CompletableFuture<Outcome> publishOne(
            String room, User sender, Payload payload, String idempotencyKey, ApiCaller caller) {
        CompletionStage<Position> stored;
        try {
            RoomName name = new RoomName(room);
            caller.require(Permission.PUBLISH, name);
            stored = backEnd.publish(name, sender, payload, idempotencyKey);
        } catch (ProtocolException e) {
            stored = CompletableFuture.failedFuture(e);
        }
        return stored.handle((position, failure) -> failure == null
                        ? new Outcome(room, position.epoch(), position.offset(), null)
                        : failed(room, Failure.of(failure)))
                .toCompletableFuture();
    }

    private static Outcome failed(String room, Failure failure) {
        failure.log(LOG, "A broadcast to one room failed");
        return new Outcome(room, null, null, Problem.of(failure).toJson());
    }

    private CompletionStage<ApiAnswer> history(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.require(Permission.HISTORY, room);
        Position before = position(request, "before");
        Position after = position(request, "after");
        if (before != null && after != null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "after or before, not both");
        }
        int limit = (int) Math.max(1, request.query("limit", DEFAULT_MESSAGES, MAX_MESSAGES));
        return backEnd.history(room, before, after, limit)
                .thenApply(page ->
                        ApiAnswer.okJson(new String(MessageFrames.history(null, room, page), StandardCharsets.UTF_8)));
    }

    private CompletionStage<ApiAnswer> members(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.require(Permission.PRESENCE, room);
        return backEnd.members(room)
                .thenApply(roster -> ApiAnswer.ok(new Members(
                        room.value(),
                        roster.count(),
                        roster.users().stream().map(ServerFrame.Person::of).toList())));
    }

    private static User sender(ApiRequest request) {
        String sender = request.text("sender");
        if (sender == null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "sender is missing");
        }
        UserId id = new UserId(sender);
        return new User(id, DisplayName.of(request.text("name"), id), null);
    }

    private static Payload payload(ApiRequest request) {
        return Payload.of(request.text("content"), request.json("data"), request.strings("meta"));
    }

    private static String idempotencyKey(ApiRequest request) {
        String inBody = IdempotencyKey.checked(request.text("idempotencyKey"));
        String inHeader = IdempotencyKey.checked(IdempotencyKeyHeader.of(request.headers(IdempotencyKeyHeader.NAME)));
        if (inBody != null && inHeader != null && !inBody.equals(inHeader)) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST, "idempotencyKey and the header " + IdempotencyKeyHeader.NAME + " differ");
        }
        return inBody == null ? inHeader : inBody;
    }

    /** A position in the query, or null. */
    private static Position position(ApiRequest request, String name) {
        String value = request.query(name);
        return value == null ? null : Position.parse(value);
    }
}
