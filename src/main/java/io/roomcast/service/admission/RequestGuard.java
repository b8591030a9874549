package io.roomcast.service.admission;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.Key;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.Networks;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.metrics.Counter;
import io.roomcast.metrics.NodeMetrics;
import io.roomcast.node.Limits;
import io.roomcast.node.LogText;
import io.roomcast.node.Warnings;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.service.operations.Readiness;
import io.roomcast.service.operations.Refusals;
import io.roomcast.service.session.SessionRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Set;

/**
 * Checks every HTTP request by its head, before a servlet or an endpoint handles the request. The embedded server calls
 * this class. In an application server, a servlet filter calls it. Both act on the verdict. Any thread.
 */
@ApplicationScoped
public class RequestGuard {
    /** Methods that change nothing. A page of another site may send them, because it cannot read the response. */
    private static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");
    /** Methods that some address may have. Servers answer others each in their own way. */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT");

    /** What operators read of a page that may not connect. The page's own origin is a text of a stranger. */
    private static final String FOREIGN_ORIGIN_TEXT = "pages of this origin may not connect; see roomcast.origins";

    /** The origin of a page that a browser does not name, as browsers write it. */
    private static final String UNNAMED_ORIGIN = "null";

    private SessionRegistry sessions;
    private Limits limits;
    private OriginRule origins;
    private OperationsRule operations;
    private Readiness readiness;
    private NodeMetrics metrics;
    private Refusals refusals;
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
            Refusals refusals,
            Warnings warnings) {
        this.sessions = sessions;
        this.limits = limits;
        this.readiness = readiness;
        this.origins = new OriginRule(
                config.get(AccessKeys.ORIGINS), config.get(AccessKeys.AUTH).isEmpty());
        this.operations = new OperationsRule(config);
        this.metrics = metrics;
        this.refusals = refusals;
        this.warnings = warnings;
    }

    /**
     * Checks a request. Counts a refused handshake or origin, and a reached limit of sessions.
     *
     * @param remote address of the client, or null
     */
    public Verdict check(RequestHead head, String remote) {
        return check(head, remote, Entry.ONLY);
    }

    /** As {@link #check(RequestHead, String)}, for a server with several ports. */
    public Verdict check(RequestHead head, String remote, Entry entry) {
        Verdict verdict = checkForm(head);
        boolean isHandshake = head.isHandshake();
        if (!verdict.isPass()) {
            if (isHandshake) {
                metrics.increment(Counter.HANDSHAKES_MALFORMED);
            }
            return verdict;
        }
        if (operations.isElsewhere(head, entry)) {
            return Verdict.NOT_FOUND;
        }
        Key<Networks> refusing = operations.refusedBy(head, remote);
        if (refusing != null) {
            Verdict refusal = Verdict.foreignNetwork(refusing.name());
            refusals.inApi(refusal.code().wire(), refusal.text(), null, remote, null);
            warnings.warn(
                    refusing.name(),
                    () -> "Refused a request for " + head.resource() + " from " + LogText.of(String.valueOf(remote))
                            + "; see " + refusing.name());
            return refusal;
        }
        if (isHandshake || head.isForRooms() || !SAFE_METHODS.contains(head.method())) {
            String host = host(head);
            // Otherwise a picture on a page of another site could begin a stream under a person's name.
            List<String> pages = head.isForRooms() && head.isOfUnnamedPage() ? List.of(UNNAMED_ORIGIN) : head.origin();
            for (String origin : pages) {
                if (!origins.allows(origin, host)) {
                    refusals.atHandshake(
                            isHandshake ? Counter.HANDSHAKES_FOREIGN : null,
                            "origin",
                            FOREIGN_ORIGIN_TEXT,
                            null,
                            null,
                            remote);
                    warnings.warn(
                            "origin",
                            () -> "Refused a page of " + LogText.of(origin) + " at " + LogText.of(host)
                                    + "; see roomcast.origins");
                    return Verdict.foreignOrigin(origin, host == null ? "" : host);
                }
            }
        }
        if (RequestPath.isUnusedForPrograms(head.resource())) {
            return Verdict.NOT_FOUND;
        }
        if (RequestPath.isEndpoint(head.resource())) {
            if (!RequestPath.isAddress(head.resource())) {
                if (isHandshake) {
                    metrics.increment(Counter.HANDSHAKES_MALFORMED);
                }
                return Verdict.NOT_FOUND;
            }
            if (!isHandshake) {
                return Verdict.NO_UPGRADE;
            }
        }
        if (isHandshake && !limits.allows(LimitKeys.SESSIONS, sessions.count() + 1L)) {
            metrics.countLimit(LimitKeys.SESSIONS.name());
            return count(Counter.HANDSHAKES_FULL, Verdict.FULL, remote, LimitKeys.SESSIONS.name());
        }
        // While draining, 503 makes a load balancer choose another node.
        boolean isDraining = readiness.state() == Readiness.State.DRAINING;
        if (isHandshake && isDraining) {
            return count(Counter.HANDSHAKES_DRAINING, Verdict.DRAINING, remote, null);
        }
        if (isDraining && head.isWaiting()) {
            return count(null, Verdict.DRAINING, remote, null);
        }
        return Verdict.PASS;
    }

    /**
     * What a response says about which pages may read it.
     *
     * @return the value of {@code Access-Control-Allow-Origin}; null if the request is of no page, or of one that may
     *     not read the response
     */
    public String readableBy(RequestHead head) {
        if (head.origin().size() != 1
                || !head.isReadable()
                || !origins.allows(head.origin().get(0), host(head))) {
            return null;
        }
        return origins.isForAll() ? "*" : head.origin().get(0);
    }

    /**
     * Counts a refusal.
     *
     * @param limit name of the key of the limit that was reached, or null
     */
    private Verdict count(Counter outcome, Verdict verdict, String remote, String limit) {
        refusals.atHandshake(outcome, ErrorCode.BUSY.wire(), verdict.text(), null, null, remote, limit);
        return verdict;
    }

    /** Checks what servers read each in their own way, or not at all. */
    private static Verdict checkForm(RequestHead head) {
        if (!head.isReadable()) {
            return Verdict.BAD_HEAD;
        }
        if (!head.hasUnambiguousLength()) {
            return Verdict.AMBIGUOUS_LENGTH;
        }
        if (!RequestPath.isOfUri(head.path())) {
            return Verdict.BAD_ADDRESS;
        }
        if (!RequestPath.isPlain(head.path()) || RequestPath.isInside(head.resource())) {
            return Verdict.NOT_FOUND;
        }
        if (head.host().isEmpty() ? head.isHttp11() : head.host().size() > 1 || HostPort.parse(host(head)) == null) {
            return Verdict.BAD_HOST;
        }
        if (head.isHandshake() && !head.isWellFormed()) {
            return Verdict.BAD_HANDSHAKE;
        }
        if (head.isHandshake() && !head.handshake().isSupportedVersion()) {
            return Verdict.WRONG_VERSION;
        }
        if (head.isHandshake() && !head.handshake().isSupportedSubprotocol()) {
            return Verdict.UNKNOWN_SUBPROTOCOL;
        }
        return METHODS.contains(head.method()) ? Verdict.PASS : Verdict.UNKNOWN_METHOD;
    }

    /** @return null if the request names no host */
    private static String host(RequestHead head) {
        return head.host().isEmpty() ? null : head.host().get(0);
    }
}
