package io.roomcast.http.rooms;

import io.roomcast.http.Gzip;
import io.roomcast.http.PercentEncoding;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.UserId;
import io.roomcast.service.admission.ClientOrigin;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The head of a request. It is read at once, because servers reuse their request objects.
 *
 * @param query the parameters of the query
 * @param token the token in {@code Authorization}; null if there is none
 * @param ticket the header {@code Roomcast-Session}, or null
 * @param lastEventId the header {@code Last-Event-ID}, or null
 * @param origin where the request comes from, with the login at the application server
 */
record RoomsRequest(
        Map<String, String> query,
        String token,
        String ticket,
        String lastEventId,
        boolean acceptsGzip,
        ClientOrigin origin) {
    private static final String BEARER = "bearer ";

    /** @throws ProtocolException if the query is not percent-encoded UTF-8, or the request did not pass the guard */
    static RoomsRequest of(HttpServletRequest request) {
        ClientOrigin origin = ClientOrigin.fromHeader(Collections.list(request.getHeaders(ClientOrigin.HEADER)));
        if (origin == null) {
            throw new ProtocolException(ErrorCode.FORBIDDEN, "the request did not pass the guard");
        }
        String authorization = request.getHeader("Authorization");
        boolean hasToken =
                authorization != null && authorization.toLowerCase(Locale.ROOT).startsWith(BEARER);
        return new RoomsRequest(
                PercentEncoding.decodedQuery(request.getQueryString()),
                hasToken ? authorization.substring(BEARER.length()).strip() : null,
                request.getHeader("Roomcast-Session"),
                request.getHeader("Last-Event-ID"),
                Gzip.isAccepted(request),
                origin.withLogin(
                        request.getUserPrincipal() == null
                                ? null
                                : request.getUserPrincipal().getName()));
    }

    /** The user in the query, or null. */
    UserId user() {
        String user = query.get("user");
        return user == null ? null : new UserId(user);
    }

    Set<String> parameters() {
        return query.keySet();
    }
}
