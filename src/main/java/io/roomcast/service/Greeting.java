package io.roomcast.service;

import io.roomcast.config.Keys;
import io.roomcast.config.LimitKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Limits;
import io.roomcast.node.Node;
import io.roomcast.protocol.ServerFrame;
import io.roomcast.service.session.ClientSession;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Tells a client who it is here, and which limits hold. Any thread. */
@ApplicationScoped
public class Greeting {
    private TokenAdmission tokenAdmission;
    private Node node;
    private Limits limits;
    private long heartbeatMs;

    /** For the container's proxy. */
    protected Greeting() {}

    @Inject
    public Greeting(TokenAdmission tokenAdmission, Node node, Limits limits, RoomcastConfig config) {
        this.tokenAdmission = tokenAdmission;
        this.node = node;
        this.limits = limits;
        this.heartbeatMs = config.get(Keys.HEARTBEAT).toMillis();
    }

    /**
     * Sends {@code welcome}.
     *
     * @param id the client's number for its {@code hello}, or null
     * @param resume proves over HTTP that the session is the client's own; null on a WebSocket
     */
    void send(ClientSession session, Long id, String resume) {
        ServerFrame.Limits current = new ServerFrame.Limits(
                limits.get(LimitKeys.FRAME_BYTES),
                limits.get(LimitKeys.CONTENT_BYTES),
                Math.toIntExact(limits.get(LimitKeys.ROOMS)),
                limits.get(LimitKeys.BATCH),
                limits.get(LimitKeys.META_ENTRIES),
                limits.get(LimitKeys.META_BYTES));
        session.reply(new ServerFrame.Welcome(
                id,
                session.user().value(),
                session.identity().user().name(),
                ServerFrame.Person.info(session.identity().user()),
                session.identity().isProven() ? true : null,
                session.id(),
                resume,
                node.name(),
                heartbeatMs,
                current,
                tokenAdmission.expiresInMs(session)));
    }
}
