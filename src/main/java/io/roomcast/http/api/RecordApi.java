package io.roomcast.http.api;

import io.roomcast.config.Permission;
import io.roomcast.identity.ApiPermission;
import io.roomcast.node.Threads;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import io.roomcast.service.Failure;
import io.roomcast.service.records.Erasures;
import io.roomcast.service.records.Export;
import io.roomcast.service.records.Exports;
import io.roomcast.service.records.Imports;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import java.lang.System.Logger;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Serves the routes about stored messages, for operators. Any thread; does not block. */
@ApplicationScoped
public class RecordApi {
    private static final Logger LOG = System.getLogger(RecordApi.class.getName());
    /** Less than the server API waits for a route, so that an export that begins late is closed here. */
    private static final long BEGIN_SECONDS = 4;

    /**
     * What an import did.
     *
     * @param end whether the last line of an export was among the lines
     */
    public record Imported(String room, int messages, int stored, int present, boolean end) {
        private static Imported of(RoomName room, Imports.Report report) {
            return new Imported(room.value(), report.messages(), report.stored(), report.present(), report.hasEnd());
        }

        JsonObjectBuilder toJson() {
            return Json.createObjectBuilder()
                    .add("room", room)
                    .add("messages", messages)
                    .add("stored", stored)
                    .add("present", present)
                    .add("end", end);
        }
    }

    private Exports exports;
    private Imports imports;
    private Erasures erasures;
    private Threads threads;

    /** For the container's proxy. */
    protected RecordApi() {}

    @Inject
    public RecordApi(Exports exports, Imports imports, Erasures erasures, Threads threads) {
        this.exports = exports;
        this.imports = imports;
        this.erasures = erasures;
        this.threads = threads;
    }

    /** The routes that this class serves. */
    List<Route> routes() {
        return List.of(
                new Route("GET", "/rooms/{room}/export", ApiPermission.OPERATE, this::exportRoom),
                new Route("POST", "/rooms/{room}/import", ApiPermission.OPERATE, this::importRoom),
                new Route("GET", "/users/{user}/export", ApiPermission.OPERATE, this::exportUser),
                Route.immediate("POST", "/users/{user}/erase", ApiPermission.OPERATE, this::erase),
                new Route("GET", "/users/{user}/erase", ApiPermission.OPERATE, this::erasure));
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

    private CompletionStage<ApiAnswer> importRoom(ApiRequest request, ApiCaller caller) {
        RoomName room = new RoomName(request.name());
        caller.require(Permission.PUBLISH, room);
        return imports.store(room, request.body(), caller.author())
                .thenApply(report -> answer(Imported.of(room, report), report.failure()));
    }

    /** @param why why the next message was not stored, and none after it; null if all are in the room */
    static ApiAnswer answer(Imported imported, Throwable why) {
        if (why == null) {
            return ApiAnswer.ok(imported);
        }
        Failure failure = Failure.of(why);
        failure.log(LOG, "A part of an import was not stored");
        return ApiAnswer.of(failure, problem -> problem.add("imported", imported.toJson()));
    }

    private ApiAnswer erase(ApiRequest request, ApiCaller caller) {
        return ApiAnswer.accepted(
                erasures.begin(request.user(), room -> caller.may(Permission.HISTORY, room), caller.author()));
    }

    private CompletionStage<ApiAnswer> erasure(ApiRequest request, ApiCaller caller) {
        return erasures.find(request.user()).thenApply(ApiAnswer::ok);
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
