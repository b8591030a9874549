package io.roomcast.http.api;

import io.roomcast.config.Permission;
import io.roomcast.identity.ApiPermission;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.Uptime;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.BackEndService;
import io.roomcast.service.cluster.NodeRooms;
import io.roomcast.service.cluster.RoomPage;
import io.roomcast.service.cluster.RoomSize;
import io.roomcast.service.operations.Drain;
import io.roomcast.service.operations.NodeSnapshot;
import io.roomcast.service.operations.Readiness;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Serves the routes about this node, for operators. Any thread; does not block. */
@ApplicationScoped
public class NodeApi {

    public record Progress(String state, int planned, int remaining, long windowMs, long elapsedMs) {}

    public record Figures(
            String node,
            String readiness,
            long uptimeMs,
            int sessions,
            int rooms,
            List<NodeSnapshot.HotRoom> hottest,
            Progress drain) {}

    public record RoomList(String node, int count, boolean cut, List<RoomSize> rooms) {}

    public record Closed(String node, String room, int members) {}

    public record Disconnected(String node, String user, int sessions) {}

    private Node node;
    private BackEndService backEnd;
    private NodeRooms roomList;
    private SessionRegistry sessions;
    private RoomRegistry rooms;
    private Readiness readiness;
    private Drain drain;
    private NodeSnapshot snapshot;
    private Limits limits;
    private Uptime uptime;

    /** For the container's proxy. */
    protected NodeApi() {}

    @Inject
    public NodeApi(
            Node node,
            BackEndService backEnd,
            NodeRooms roomList,
            SessionRegistry sessions,
            RoomRegistry rooms,
            Readiness readiness,
            Drain drain,
            NodeSnapshot snapshot,
            Limits limits,
            Uptime uptime) {
        this.node = node;
        this.backEnd = backEnd;
        this.roomList = roomList;
        this.sessions = sessions;
        this.rooms = rooms;
        this.readiness = readiness;
        this.drain = drain;
        this.snapshot = snapshot;
        this.limits = limits;
        this.uptime = uptime;
    }

    /** The routes that this class serves. */
    List<Route> routes() {
        return List.of(
                Route.immediate("GET", "/node", ApiPermission.OPERATE, (request, caller) -> figures()),
                Route.immediate("GET", "/node/rooms", ApiPermission.READ, this::rooms),
                Route.immediate("POST", "/node/rooms/{room}/close", ApiPermission.OPERATE, this::closeRoom),
                Route.immediate("POST", "/node/users/{user}/disconnect", ApiPermission.OPERATE, this::disconnect),
                Route.immediate("GET", "/node/limits", ApiPermission.OPERATE, (request, caller) -> limits()),
                Route.immediate("POST", "/node/limits", ApiPermission.OPERATE, this::setLimit),
                Route.immediate("GET", "/node/drain", ApiPermission.OPERATE, (request, caller) -> progress()),
                Route.immediate("POST", "/node/drain", ApiPermission.OPERATE, this::drain),
                Route.immediate("POST", "/node/undrain", ApiPermission.OPERATE, this::undrain),
                Route.immediate("POST", "/node/rebalance", ApiPermission.OPERATE, this::rebalance));
    }

    private ApiAnswer figures() {
        return ApiAnswer.ok(new Figures(
                node.name(),
                readiness.state().word(),
                uptime.millis(),
                sessions.count(),
                rooms.all().size(),
                snapshot.hottest(),
                toProgress(drain.progress())));
    }

    private ApiAnswer rooms(ApiRequest request, ApiCaller caller) {
        int limit = ClusterApi.limitOfRooms(request);
        RoomPage page =
                roomList.list(request.query("prefix"), room -> caller.rooms().may(Permission.READ, room));
        return ApiAnswer.ok(new RoomList(
                node.name(),
                page.rooms().size(),
                page.cut(),
                page.rooms().stream().limit(limit).toList()));
    }

    private ApiAnswer closeRoom(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.require(Permission.READ, room);
        return ApiAnswer.ok(new Closed(node.name(), room.value(), backEnd.closeRoom(room, caller.author())));
    }

    private ApiAnswer disconnect(ApiRequest request, ApiCaller caller) {
        UserId user = request.user();
        return ApiAnswer.ok(new Disconnected(node.name(), user.value(), backEnd.disconnect(user, caller.author())));
    }

    private ApiAnswer limits() {
        return ApiAnswer.ok(new ClusterApi.NodeLimits(node.name(), limits.all()));
    }

    private ApiAnswer setLimit(ApiRequest request, ApiCaller caller) {
        try {
            limits.set(request.text("key"), request.text("value"), caller.author());
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, e.getMessage());
        }
        return limits();
    }

    private ApiAnswer progress() {
        return ApiAnswer.ok(toProgress(drain.progress()));
    }

    private ApiAnswer drain(ApiRequest request, ApiCaller caller) {
        return ApiAnswer.ok(toProgress(drain.drain(window(request), caller.author())));
    }

    private ApiAnswer undrain(ApiRequest request, ApiCaller caller) {
        return ApiAnswer.ok(toProgress(drain.undrain(caller.author())));
    }

    private ApiAnswer rebalance(ApiRequest request, ApiCaller caller) {
        Duration window = window(request);
        try {
            return ApiAnswer.ok(toProgress(drain.rebalance(request.number("share"), window, caller.author())));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, e.getMessage());
        } catch (IllegalStateException e) {
            throw new ProtocolException(ErrorCode.CONFLICT, e.getMessage());
        }
    }

    private Duration window(ApiRequest request) {
        try {
            return drain.parseWindow(request.text("window"));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException(ErrorCode.BAD_REQUEST, e.getMessage());
        }
    }

    private static Progress toProgress(Drain.Progress progress) {
        return new Progress(
                progress.state().name().toLowerCase(Locale.ROOT),
                progress.planned(),
                progress.remaining(),
                progress.windowMs(),
                progress.elapsedMs());
    }
}
