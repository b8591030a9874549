package io.roomcast.http.api;

import io.roomcast.identity.ApiPermission;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.node.Uptime;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.room.RoomRegistry;
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

    private Node node;
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
            SessionRegistry sessions,
            RoomRegistry rooms,
            Readiness readiness,
            Drain drain,
            NodeSnapshot snapshot,
            Limits limits,
            Uptime uptime) {
        this.node = node;
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
