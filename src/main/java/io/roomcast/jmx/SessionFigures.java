package io.roomcast.jmx;

import io.roomcast.service.cluster.SessionView;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * A session, as {@link SessionView} describes it. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 */
public record SessionFigures(
        String session,
        String node,
        String user,
        String name,
        String address,
        List<String> rooms,
        int roomCount,
        Date openedAt,
        String subprotocol,
        String transport,
        long waitingBytes,
        long sendAgeMillis,
        long silentMillis) {

    static SessionFigures of(SessionView view) {
        return new SessionFigures(
                view.session(),
                view.node(),
                view.user(),
                view.name(),
                view.address(),
                view.rooms(),
                view.roomCount(),
                Date.from(Instant.ofEpochMilli(view.openedAt())),
                view.subprotocol(),
                view.transport(),
                view.waitingBytes(),
                view.sendAgeMs(),
                view.silentMs());
    }

    public String getSession() {
        return session;
    }

    public String getNode() {
        return node;
    }

    public String getUser() {
        return user;
    }

    public String getName() {
        return name;
    }

    public String getAddress() {
        return address;
    }

    public List<String> getRooms() {
        return rooms;
    }

    public int getRoomCount() {
        return roomCount;
    }

    public Date getOpenedAt() {
        return openedAt;
    }

    public String getSubprotocol() {
        return subprotocol;
    }

    public String getTransport() {
        return transport;
    }

    public long getWaitingBytes() {
        return waitingBytes;
    }

    public long getSendAgeMillis() {
        return sendAgeMillis;
    }

    public long getSilentMillis() {
        return silentMillis;
    }
}
