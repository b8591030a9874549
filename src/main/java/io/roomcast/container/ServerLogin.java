package io.roomcast.container;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.config.TokenKeys;
import io.roomcast.http.ErrorBody;
import io.roomcast.http.Problem;
import io.roomcast.http.rooms.RoomsServlet;
import io.roomcast.metrics.Counter;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.service.operations.Refusals;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Authenticates users with the realm of the application server, if {@code roomcast.auth=container}. Credentials come as
 * HTTP Basic. They are required for WebSockets and for the page. A browser asks for a password when it loads the page,
 * and then sends the password with WebSockets too.
 *
 * <p>One WAR serves all kinds of authentication, so its {@code web.xml} can neither require a login nor name a
 * mechanism. The method {@code login} of the servlet API needs neither. A user whom the server has already
 * authenticated need not log in again. Any thread. Blocks while the server looks up the user.
 */
@ApplicationScoped
public class ServerLogin {
    /** The page, and the address below which rooms over HTTP are. */
    private static final Set<String> WITH_LOGIN = Set.of("", "/", "/index.html", RoomsServlet.ADDRESS);

    private static final String SCHEME = "basic ";
    private static final String LOG_IN = "log in as a user of this server";

    /** The role of every user who is logged in, as in the servlet specification. */
    private static final String ANY_USER = "**";

    private boolean enabled;
    private List<String> roles;
    private boolean hasRuleForAll;
    private Refusals refusals;
    private LoginLimiter limiter;

    /** For the container's proxy. */
    protected ServerLogin() {}

    @Inject
    public ServerLogin(RoomcastConfig config, Refusals refusals, LoginLimiter limiter) {
        this.enabled = config.get(AccessKeys.AUTH).equals("container");
        this.roles = rolesToAskFor(config);
        this.hasRuleForAll = config.get(TokenKeys.ROLES).containsKey(ANY_USER);
        this.refusals = refusals;
        this.limiter = limiter;
    }

    /**
     * Logs the user in, if the request needs a login and has none.
     *
     * @return false if this method has answered the request, with 401 or 429
     */
    boolean authenticate(HttpServletRequest request, HttpServletResponse response, boolean webSocket)
            throws IOException {
        if (!enabled
                || !(webSocket || WITH_LOGIN.contains(request.getServletPath()))
                || request.getUserPrincipal() != null
                || request.getMethod().equals("OPTIONS")) {
            return true;
        }
        String[] credentials = credentials(request.getHeader("Authorization"));
        if (credentials == null) {
            askForLogin(request, response, webSocket);
            return false;
        }
        try (LoginAttempt attempt = limiter.begin(request.getRemoteAddr(), credentials[0])) {
            if (attempt.refusal() != null) {
                response.setHeader("Retry-After", Long.toString(attempt.waitSeconds()));
                ErrorBody.write(tooMany(attempt), request, response);
                count(request, webSocket, ErrorCode.RATE_LIMITED, attempt.refusal());
                return false;
            }
            if (logIn(request, credentials)) {
                attempt.succeeded();
                return true;
            }
        }
        askForLogin(request, response, webSocket);
        return false;
    }

    private static Problem tooMany(LoginAttempt attempt) {
        ErrorCode code = ErrorCode.RATE_LIMITED;
        return new Problem(
                code.httpStatus(), code, attempt.refusal(), TimeUnit.SECONDS.toMillis(attempt.waitSeconds()), null);
    }

    /** The roles that have rules and that the server knows, if it is asked at all. */
    static List<String> rolesToAskFor(RoomcastConfig config) {
        return config.get(AccessKeys.AUTH).equals("container")
                ? config.get(TokenKeys.ROLES).keySet().stream()
                        .filter(role -> !role.equals(ANY_USER))
                        .toList()
                : List.of();
    }

    /** The roles of the logged-in user, out of those that have rules. */
    List<String> roles(HttpServletRequest request) {
        if (!enabled || request.getUserPrincipal() == null) {
            return List.of();
        }
        return Stream.concat(
                        roles.stream().filter(request::isUserInRole), hasRuleForAll ? Stream.of(ANY_USER) : Stream.of())
                .toList();
    }

    private void askForLogin(HttpServletRequest request, HttpServletResponse response, boolean webSocket)
            throws IOException {
        response.setHeader("WWW-Authenticate", "Basic realm=\"Roomcast\", charset=\"UTF-8\"");
        ErrorBody.write(Problem.of(ErrorCode.UNAUTHENTICATED, LOG_IN), request, response);
        count(request, webSocket, ErrorCode.UNAUTHENTICATED, LOG_IN);
    }

    private void count(HttpServletRequest request, boolean webSocket, ErrorCode error, String text) {
        if (webSocket) {
            refusals.atHandshake(
                    Counter.HANDSHAKES_UNAUTHENTICATED, error.wire(), text, null, null, request.getRemoteAddr());
        }
    }

    private static boolean logIn(HttpServletRequest request, String[] credentials) {
        try {
            request.login(credentials[0], credentials[1]);
        } catch (ServletException e) {
            return false;
        }
        HttpSession session = request.getSession(false);
        if (session != null && session.isNew()) {
            // WildFly stores a login in an HTTP session. A client without cookies would get a new session with each
            // request.
            session.invalidate();
        }
        return true;
    }

    /** @return name and password; null if the header does not contain them */
    private static String[] credentials(String header) {
        if (header == null || !header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return null;
        }
        try {
            byte[] pair =
                    Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
            String[] parts = new String(pair, StandardCharsets.UTF_8).split(":", 2);
            return parts.length == 2 ? parts : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
