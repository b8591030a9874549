package io.roomcast.service;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.NodeMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;

/**
 * Stands at the door: decides on the head of an HTTP request, before anything is made for it. One decision for all places: the
 * embedded server and the servlet filter of application servers only carry it out. Any thread.
 */
@ApplicationScoped
public class Guard {
    private static final Logger LOG = System.getLogger(Guard.class.getName());
    /** Change nothing, so a page of another site may as well ask for them: it cannot read the answer. */
    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");

    /** What becomes of a request; {@code status} is 0 for one that may go on. */
    public enum Verdict {
        PASS(0, ""),
        FULL(503, "this node is full; try another, or later"),
        CROWDED(503, "too many want to come in at once; try again"),
        LEAVING(503, "this node takes no more sessions; try another"),
        NOWHERE(404, "there is nothing at this address"),
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

    private Sessions sessions;
    private Limits limits;
    private OriginRule origins;
    private Readiness readiness;
    private NodeMetrics metrics;

    /** For the container's proxy. */
    protected Guard() {}

    @Inject
    public Guard(Sessions sessions, Limits limits, Readiness readiness, RoomcastConfig config, NodeMetrics metrics) {
        this.sessions = sessions;
        this.limits = limits;
        this.readiness = readiness;
        this.origins = new OriginRule(config.get(AccessKeys.ORIGINS));
        this.metrics = metrics;
    }

    /** @param path as the client wrote it, without the query; the others as below */
    public Verdict verdict(String path, String method, boolean webSocket, String origin, String host) {
        return PathRule.isPlain(path) ? verdict(method, webSocket, origin, host) : Verdict.NOWHERE;
    }

    /**
     * @param webSocket whether the request asks to become a WebSocket connection
     * @param origin and {@code host}: the headers of these names, or null
     */
    public Verdict verdict(String method, boolean webSocket, String origin, String host) {
        if ((webSocket || !HARMLESS.contains(method)) && !origins.allows(origin, host)) {
            metrics.refused("origin");
            LOG.log(Level.DEBUG, () -> "Refused a page of " + Printable.of(origin) + " at " + Printable.of(host));
            return Verdict.FOREIGN_ORIGIN;
        }
        if (webSocket && !limits.allows(LimitKeys.SESSIONS, sessions.count() + 1L)) {
            metrics.limitReached(LimitKeys.SESSIONS.name());
            return Verdict.FULL;
        }
        // A load balancer that sends to whoever has least would send everybody who was sent away straight back.
        if (webSocket && readiness.state() == Readiness.State.DRAINING) {
            return Verdict.LEAVING;
        }
        return Verdict.PASS;
    }
}
