package io.roomcast.service.admission;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.LogText;
import io.roomcast.node.Warnings;
import io.roomcast.service.operations.Readiness;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Set;

/**
 * Checks every HTTP request by its head, before a servlet or an endpoint handles the request. The embedded server calls
 * this class. In an application server, a servlet filter calls it. Both act on the verdict. Any thread.
 */
@ApplicationScoped
public class RequestGuard {
    /** Methods that change nothing. A page of another site may send them, because it cannot read the response. */
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    /**
     * The verdict on a request. {@code status} is the HTTP status of a refusal, or 0 if the request is accepted.
     * {@code text} is the body of the refusal.
     */
    public enum Verdict {
        PASS(0, ""),
        NOT_FOUND(404, "nothing is here"),
        MALFORMED(
                400,
                "a WebSocket is opened by GET, with one Upgrade: websocket and Connection: Upgrade, and a query in the "
                        + "characters of a URI; a request has one Host"),
        AMBIGUOUS_LENGTH(400, "it is not clear where this request ends"),
        FULL(503, "this node is full; try another, or later"),
        OVERLOADED(503, "too many connections are opened at once; try again"),
        DRAINING(503, "this node takes no more sessions; try another"),
        FOREIGN_ORIGIN(403, "pages of this origin may not connect; see roomcast.origins");

        private final int status;
        private final String text;

        Verdict(int status, String text) {
            this.status = status;
            this.text = text;
        }

        public int status() {
            return status;
        }

        public String text() {
            return text;
        }
    }

    private SessionRegistry sessions;
    private Limits limits;
    private OriginRule origins;
    private Readiness readiness;
    private NodeMetrics metrics;
    private Warnings warnings;

    /** For the container's proxy. */
    protected RequestGuard() {}

    @Inject
    public RequestGuard(
            SessionRegistry sessions,
            Limits limits,
            Readiness readiness,
            RoomcastConfig config,
            NodeMetrics metrics,
            Warnings warnings) {
        this.sessions = sessions;
        this.limits = limits;
        this.readiness = readiness;
        this.origins = new OriginRule(config.get(AccessKeys.ORIGINS));
        this.metrics = metrics;
        this.warnings = warnings;
    }

    /** Checks a request. Counts a refused handshake, a refused origin, and a reached limit of sessions. */
    public Verdict check(RequestHead head) {
        Verdict verdict = verdict(head);
        if (verdict != Verdict.PASS && head.isHandshake()) {
            metrics.increment(
                    switch (verdict) {
                        case FULL -> Counter.HANDSHAKES_FULL;
                        case DRAINING -> Counter.HANDSHAKES_DRAINING;
                        case FOREIGN_ORIGIN -> Counter.HANDSHAKES_FOREIGN;
                        default -> Counter.HANDSHAKES_MALFORMED;
                    });
        }
        return verdict;
    }

    private Verdict verdict(RequestHead head) {
        if (!head.hasUnambiguousLength()) {
            return Verdict.AMBIGUOUS_LENGTH;
        }
        if (!RequestPath.isPlain(head.path())) {
            return Verdict.NOT_FOUND;
        }
        boolean isHandshake = head.isHandshake();
        if (head.host().size() > 1 || isHandshake && !head.isWellFormed()) {
            return Verdict.MALFORMED;
        }
        if ((isHandshake || !SAFE_METHODS.contains(head.method())) && !isAllowedOrigin(head)) {
            metrics.refused("origin");
            warnings.warn(
                    "origin",
                    () -> "Refused a page of " + LogText.of(String.join(" ", head.origin())) + " at "
                            + LogText.of(String.join(" ", head.host())) + "; see roomcast.origins");
            return Verdict.FOREIGN_ORIGIN;
        }
        if (isHandshake && !limits.allows(LimitKeys.SESSIONS, sessions.count() + 1L)) {
            metrics.limitReached(LimitKeys.SESSIONS.name());
            return Verdict.FULL;
        }
        // While draining, 503 makes a load balancer choose another node.
        if (isHandshake && readiness.state() == Readiness.State.DRAINING) {
            return Verdict.DRAINING;
        }
        return Verdict.PASS;
    }

    private boolean isAllowedOrigin(RequestHead head) {
        String host = head.host().isEmpty() ? null : head.host().get(0);
        return head.origin().isEmpty() || head.origin().stream().allMatch(origin -> origins.allows(origin, host));
    }
}
