package io.roomcast.redis.connection;

import io.roomcast.redis.connection.PipelineCommand.Answered;
import io.roomcast.redis.connection.PipelineCommand.Publish;
import io.roomcast.redis.connection.PipelineCommand.Request;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * A command as it is sent to Redis, and those who wait for its reply: one request, or publishes that share a call of
 * publish.lua.
 *
 * <p>Redis serves nobody else during a call, so that a call is bounded. Publishes of one room are next to each other in
 * a call, since the script then reads and writes the numbering of the room once.
 */
record Sending(CommandArguments arguments, List<? extends Answered> waiting) {
    /** So many messages take Redis one or two milliseconds. One publish may have more. */
    private static final int CALL_MESSAGES = 64;

    private static final int CALL_BYTES = 64 << 10;

    private record Room(RoomPublish.Head head, String base) {}

    /** Puts publishes that follow each other into calls. Publishes of one room stay in their order. */
    static List<Sending> of(List<Answered> commands) {
        List<Sending> sendings = new ArrayList<>();
        Map<Room, List<Publish>> publishes = new LinkedHashMap<>();
        for (Answered command : commands) {
            if (command instanceof Publish publish) {
                RoomPublish content = publish.content();
                publishes
                        .computeIfAbsent(new Room(content.head(), content.keys().base()), room -> new ArrayList<>())
                        .add(publish);
            } else if (command instanceof Request request) {
                addCalls(publishes, sendings);
                sendings.add(new Sending(request.arguments(), List.of(request)));
            }
        }
        addCalls(publishes, sendings);
        return sendings;
    }

    /** As {@link #of}, but each publish has a call of its own. */
    static List<Sending> alone(List<Answered> commands) {
        return commands.stream()
                .flatMap(command -> of(List.of(command)).stream())
                .toList();
    }

    private static void addCalls(Map<Room, List<Publish>> publishes, List<Sending> sendings) {
        Map<RoomPublish.Head, List<Publish>> byHead = new LinkedHashMap<>();
        publishes.forEach((room, ofRoom) ->
                byHead.computeIfAbsent(room.head(), head -> new ArrayList<>()).addAll(ofRoom));
        publishes.clear();
        byHead.values().forEach(sameHead -> {
            int begin = 0;
            int messages = 0;
            long bytes = 0;
            for (int i = 0; i < sameHead.size(); i++) {
                RoomPublish next = sameHead.get(i).content();
                messages += next.entries().size();
                bytes += next.bytes();
                if (i > begin && (messages > CALL_MESSAGES || bytes > CALL_BYTES)) {
                    sendings.add(call(sameHead.subList(begin, i)));
                    begin = i;
                    messages = next.entries().size();
                    bytes = next.bytes();
                }
            }
            sendings.add(call(sameHead.subList(begin, sameHead.size())));
        });
    }

    private static Sending call(List<Publish> publishes) {
        return new Sending(
                PublishCall.of(publishes.stream().map(Publish::content).toList()), publishes);
    }

    /**
     * Hands each of those who wait what the reply has for it.
     *
     * @param reply the reply, or the error that Redis answered
     * @param action receives the same; an error may concern one publish of a call alone
     */
    void distribute(Object reply, BiConsumer<Answered, Object> action) {
        int index = 0;
        for (Answered each : waiting) {
            Object own = reply;
            if (each instanceof Publish publish && reply instanceof List<?> answers) {
                int end = index + publish.content().entries().size();
                own = answers.get(index) instanceof JedisDataException
                        ? answers.get(index)
                        : answers.subList(index, end);
                index = end;
            }
            action.accept(each, own);
        }
    }
}
