package io.roomcast.jmx;

import io.roomcast.service.operations.Refusal;
import java.time.Instant;
import java.util.Date;

/**
 * What a node has refused, as {@link Refusal} describes it. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 */
public record RefusalFigures(
        Date at,
        String node,
        String code,
        String text,
        String via,
        String session,
        String user,
        String room,
        String address) {

    static RefusalFigures of(Refusal refusal) {
        return new RefusalFigures(
                Date.from(Instant.ofEpochMilli(refusal.at())),
                refusal.node(),
                refusal.code(),
                refusal.text(),
                refusal.via(),
                refusal.session(),
                refusal.user(),
                refusal.room(),
                refusal.address());
    }

    public Date getAt() {
        return at;
    }

    public String getNode() {
        return node;
    }

    public String getCode() {
        return code;
    }

    public String getText() {
        return text;
    }

    public String getVia() {
        return via;
    }

    public String getSession() {
        return session;
    }

    public String getUser() {
        return user;
    }

    public String getRoom() {
        return room;
    }

    public String getAddress() {
        return address;
    }
}
