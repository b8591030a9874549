package io.roomcast.http.api;

import io.roomcast.config.Permission;
import io.roomcast.identity.ApiPermission;
import io.roomcast.node.Threads;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.service.records.Export;
import io.roomcast.service.records.Exports;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Serves the routes about stored messages, for operators. Any thread; does not block. */
@ApplicationScoped
public class RecordApi {
    /** Less than the server API waits for a route, so that an export that begins late is closed here. */
    private static final long BEGIN_SECONDS = 4;

    private Exports exports;
    private Threads threads;

    /** For the container's proxy. */
    protected RecordApi() {}

    @Inject
    public RecordApi(Exports exports, Threads threads) {
        this.exports = exports;
        this.threads = threads;
    }

    /** The routes that this class serves. */
    List<Route> routes() {
        return List.of(
                new Route("GET", "/rooms/{room}/export", ApiPermission.OPERATE, this::exportRoom),
                new Route("GET", "/users/{user}/export", ApiPermission.OPERATE, this::exportUser));
    }

    /** Whether the answer may take any time. */
    static boolean isStreamed(ApiRequest request) {
        List<String> path = request.path();
        return path.size() == 3 && path.get(2).equals("export");
    }

    private CompletionStage<ApiAnswer> exportRoom(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.require(Permission.HISTORY, room);
        return lines(exports.ofRoom(room));
    }

    private CompletionStage<ApiAnswer> exportUser(ApiRequest request, ApiCaller caller) {
        UserId user = request.user();
        return lines(exports.ofUser(user, room -> caller.may(Permission.HISTORY, room)));
    }

    private CompletionStage<ApiAnswer> lines(CompletionStage<Export> begun) {
        CompletionStage<ExportParts> first = begun.thenCompose(export -> export.next()
                .thenApply(part -> new ExportParts(export, part))
                .whenComplete((parts, failure) -> {
                    if (failure != null) {
                        export.close();
                    }
                }));
        CompletableFuture<ExportParts> answer = threads.within(BEGIN_SECONDS, first);
        var unused = first.whenComplete((parts, failure) -> {
            if (failure == null && answer.isCompletedExceptionally()) {
                parts.close(); // Nobody waits for it any more.
            }
        });
        return answer.thenApply(ApiAnswer::lines);
    }

    /** @param first read before the answer begins, so that a failure can still have a code */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record ExportParts(Export export, byte[] first) implements ApiAnswer.Parts {
        @Override
        public CompletionStage<byte[]> next() {
            return export.next();
        }

        @Override
        public void close() {
            export.close();
        }
    }
}
