package io.roomcast.http.api;

import io.roomcast.config.Permission;
import io.roomcast.identity.ApiPermission;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.MessageFrames;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.SearchPage;
import io.roomcast.protocol.SearchTerms;
import io.roomcast.protocol.UserId;
import io.roomcast.service.BackEndService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** Serves the search of messages, for back ends. Any thread; does not block. */
@ApplicationScoped
public class SearchApi {
    /** Most rooms of a search. */
    private static final int MAX_ROOMS = 100;

    /** The largest whole number of JSON that all programs read alike. */
    private static final long MAX_TIME = (1L << 53) - 1;

    private static final Set<String> PARAMETERS = Set.of("text", "rooms", "user", "from", "to", "cursor", "limit");

    private BackEndService backEnd;

    /** For the container's proxy. */
    protected SearchApi() {}

    @Inject
    public SearchApi(BackEndService backEnd) {
        this.backEnd = backEnd;
    }

    /** The routes that this class serves. */
    List<Route> routes() {
        return List.of(new Route("GET", "/search", ApiPermission.READ, this::search));
    }

    private CompletionStage<ApiAnswer> search(ApiRequest request, ApiCaller caller) {
        request.requireOnly(PARAMETERS);
        List<RoomName> rooms = rooms(request.query("rooms"));
        rooms.forEach(room -> caller.require(Permission.HISTORY, room));
        String user = request.query("user");
        ClientFrame.Search search = new ClientFrame.Search(
                null,
                SearchTerms.parse(request.query("text")),
                rooms,
                user == null ? null : new UserId(user),
                request.query("from", 0, MAX_TIME),
                request.query("to", MAX_TIME, MAX_TIME),
                SearchPage.cursor(request.query("cursor")),
                limit(request));
        return backEnd.search(search)
                .thenApply(page -> ApiAnswer.okJson(
                        new String(MessageFrames.results(null, readable(page, caller)), StandardCharsets.UTF_8)));
    }

    private static int limit(ApiRequest request) {
        long limit = request.query("limit", ClientFrame.Search.DEFAULT_LIMIT, ClientFrame.Search.MAX_LIMIT);
        if (limit == 0) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST, "limit must be from 1 to " + ClientFrame.Search.MAX_LIMIT);
        }
        return (int) limit;
    }

    /** In all rooms, messages may be found that the caller may not read. */
    private static SearchPage readable(SearchPage page, ApiCaller caller) {
        return new SearchPage(
                page.results().stream()
                        .filter(result -> caller.may(Permission.HISTORY, result.room()))
                        .toList(),
                page.cursor());
    }

    /** @param names separated by commas, which no name has; null for all rooms */
    private static List<RoomName> rooms(String names) {
        if (names == null) {
            return List.of();
        }
        List<RoomName> rooms =
                Stream.of(names.split(",", -1)).map(RoomName::new).distinct().toList();
        if (rooms.size() > MAX_ROOMS) {
            throw new ProtocolException(ErrorCode.TOO_LARGE, "a search may name " + MAX_ROOMS + " rooms");
        }
        return rooms;
    }
}
