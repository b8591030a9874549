package io.roomcast.http.api;

import io.roomcast.identity.ApiPermission;
import io.roomcast.node.Node;
import io.roomcast.protocol.Content;
import io.roomcast.protocol.DisplayName;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.MessageKey;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.BackEndService;
import io.roomcast.service.Failure;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Serves the routes about rooms, for back ends. Any thread; does not block. */
@ApplicationScoped
public class RoomApi {
    private static final Logger LOG = System.getLogger(RoomApi.class.getName());
    /** Most rooms of a broadcast. */
    private static final int MAX_ROOMS = 1_000;
    /** Most messages of one page of the history. */
    private static final int MAX_MESSAGES = 200;

    private static final int DEFAULT_MESSAGES = 50;
    /** The largest whole number that JavaScript represents exactly. */
    private static final long MAX_OFFSET = (1L << 53) - 1;

    public record Published(String room, String epoch, long offset) {}

    /** @param error null if the message was stored in the room; otherwise epoch and offset are null */
    public record Outcome(String room, String epoch, Long offset, ApiAnswer.Problem error) {}

    public record Broadcast(int stored, int failed, List<Outcome> results) {}

    public record Members(String room, long count, List<ServerFrame.Person> users) {}

    public record RoomSize(String room, int members) {}

    public record Rooms(String node, int count, List<RoomSize> rooms) {}

    private BackEndService backEnd;
    private RoomRegistry rooms;
    private Node node;

    /** For the container's proxy. */
    protected RoomApi() {}

    @Inject
    public RoomApi(BackEndService backEnd, RoomRegistry rooms, Node node) {
        this.backEnd = backEnd;
        this.rooms = rooms;
        this.node = node;
    }

    /** The routes that this class serves. */
    List<Route> routes() {
        return List.of(
                new Route("POST", "/rooms/{room}/messages", ApiPermission.PUBLISH, this::publish),
                new Route("POST", "/broadcast", ApiPermission.PUBLISH, this::broadcast),
                new Route("GET", "/rooms/{room}/messages", ApiPermission.READ, this::history),
                new Route("GET", "/rooms/{room}/members", ApiPermission.READ, this::members),
                new Route("GET", "/rooms", ApiPermission.READ, this::rooms));
    }

    private CompletionStage<ApiAnswer> publish(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.requirePublish(room);
        return backEnd.publish(room, sender(request), Content.of(request.text("content")), key(request))
                .thenApply(position -> ApiAnswer.ok(new Published(room.value(), position.epoch(), position.offset())));
    }

    /** Publishes a message in many rooms. Each room has its own outcome. A failure affects only one room. */
    private CompletionStage<ApiAnswer> broadcast(ApiRequest request, ApiCaller caller) {
        User sender = sender(request);
        Content content = Content.of(request.text("content"));
        String key = key(request);
        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (String name : request.texts("rooms", MAX_ROOMS)) {
            outcomes.add(publishOne(name, sender, content, key, caller));
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
            String room, User sender, Content content, String key, ApiCaller caller) {
        CompletionStage<Position> stored;
        try {
            RoomName name = new RoomName(room);
            caller.requirePublish(name);
            stored = backEnd.publish(name, sender, content, key);
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
        return new Outcome(
                room, null, null, new ApiAnswer.Problem(failure.code().wire(), failure.text(), null));
    }

    private CompletionStage<ApiAnswer> history(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.requireRead(room);
        long after = request.query("after", -1, MAX_OFFSET);
        long before = request.query("before", 0, MAX_OFFSET);
        if (after >= 0 && before > 0) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "after or before, not both");
        }
        int limit = (int) Math.max(1, request.query("limit", DEFAULT_MESSAGES, MAX_MESSAGES));
        return backEnd.history(room, after, before, limit)
                .thenApply(page ->
                        ApiAnswer.okJson(new String(MessageFrames.history(null, room, page), StandardCharsets.UTF_8)));
    }

    private CompletionStage<ApiAnswer> members(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.requireRead(room);
        return backEnd.members(room)
                .thenApply(roster -> ApiAnswer.ok(new Members(
                        room.value(),
                        roster.count(),
                        roster.users().stream().map(ServerFrame.Person::of).toList())));
    }

    /** Rooms with members on this node, the largest first. */
    private CompletionStage<ApiAnswer> rooms(ApiRequest request, ApiCaller caller) {
        List<RoomSize> sizes = rooms.all().stream()
                .filter(room -> room.size() > 0 && caller.rooms().mayRead(room.name()))
                .sorted(Comparator.comparingInt(Room::size).reversed().thenComparing(Room::name))
                .map(room -> new RoomSize(room.name().value(), room.size()))
                .toList();
        int limit = (int) request.query("limit", 100, 10_000);
        return CompletableFuture.completedFuture(ApiAnswer.ok(
                new Rooms(node.name(), sizes.size(), sizes.stream().limit(limit).toList())));
    }

    private static User sender(ApiRequest request) {
        String sender = request.text("sender");
        if (sender == null) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, "sender is missing");
        }
        UserId id = new UserId(sender);
        return new User(id, DisplayName.of(request.text("name"), id), null);
    }

    private static String key(ApiRequest request) {
        return MessageKey.checked(request.text("key"));
    }
}
