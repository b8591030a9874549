package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.protocol.Position;
import io.roomcast.relay.Relay;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.CommandArguments;

/** The arguments of publish.lua, which describes them. */
final class PublishCall {
    private final List<byte[]> keys = new ArrayList<>();
    private final List<Object> arguments = new ArrayList<>();

    private PublishCall(RoomPublish.Head head) {
        arguments.add(Scripts.epochSuffix());
        arguments.add(head.lineage());
        arguments.add(head.run());
        arguments.add(head.history().messages());
        arguments.add(Scripts.maxBytes(head.history()));
        arguments.add(Scripts.ageMillis(head.history()));
        arguments.add(head.admission());
    }

    /** @param publishes all with the same head, those of one room next to each other */
    static CommandArguments of(List<RoomPublish> publishes) {
        RoomPublish.Head head = publishes.get(0).head();
        PublishCall call = new PublishCall(head);
        int begin = 0;
        for (int i = 1; i <= publishes.size(); i++) {
            if (i == publishes.size()
                    || !publishes
                            .get(i)
                            .keys()
                            .base()
                            .equals(publishes.get(begin).keys().base())) {
                call.addRoom(publishes.subList(begin, i));
                begin = i;
            }
        }
        return head.script().call(call.keys, call.arguments.toArray());
    }

    private void addRoom(List<RoomPublish> publishes) {
        RoomKeys room = publishes.get(0).keys();
        keys.add(room.numbering());
        keys.add(room.log());
        keys.add(room.channel());
        Position known = null;
        StringBuilder letters = new StringBuilder();
        List<byte[]> bodies = new ArrayList<>();
        for (RoomPublish publish : publishes) {
            known = publish.nodePosition() == null ? known : publish.nodePosition();
            boolean first = true;
            for (Relay.Entry entry : publish.entries()) {
                char letter = 'b';
                if (entry.key() != null) {
                    keys.add(room.idempotencyKey(entry.key()));
                    letter = 'k';
                }
                letters.append(first ? Character.toUpperCase(letter) : letter);
                bodies.add(entry.body());
                first = false;
            }
        }
        arguments.add(Scripts.epoch(known));
        arguments.add(Scripts.offset(known));
        arguments.add(letters.toString().getBytes(UTF_8));
        arguments.addAll(bodies);
    }
}
