package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.UserText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/**
 * A pub/sub message between nodes. The first byte is the version, the second byte is the kind (the blanks after the
 * kind are for reading only):
 *
 * <pre>
 * 4M EPOCH OFFSET RUN BODY     a message, written by publish.lua in that run of a Redis server
 * 4R PREVIOUS REVISION COUNT   a presence change, written by presence.lua; a line for each user follows: +USER, =USER
 *                              (shown otherwise now) or -ID; USER as in {@link UserText}
 * 4S FRAME                     a signal
 * 4P FRAME                     a signal of the kind presence
 * 4Q ID CHANNEL QUESTION       a question of another node, which hears the answer on that channel of its own
 * 4A ID ANSWER                 the answer to a question
 * 4F ID                        there is no answer to a question
 * 4N                           the keep-alive of a node to itself, so that its channel is never silent
 * </pre>
 *
 * A node that receives an unknown envelope reads the room's log and roster instead, whose formats do not change. So the
 * node misses no message and no presence change, but it may miss a signal. A node does not serve rooms while nodes of
 * another version are connected, see {@code DataLineage}.
 */
public sealed interface Envelope {
    char VERSION = '4';

    /**
     * A message of a room. The array {@code body} is shared, so that no reader may change it.
     *
     * @param run run of the Redis server that stored the message. In a Cluster, a server also passes on messages of
     *     other servers of its shard, even those of a former master.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Message(String epoch, long offset, String run, byte[] body) implements Envelope {}

    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Signal(FrameKind kind, byte[] frame) implements Envelope {}

    record Presence(PresenceChange change) implements Envelope {
        public static final char KIND = 'R';
    }

    /** A question to this node. The asking node gives each question to each node an id of its own. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Question(String id, String replyChannel, byte[] content) implements Envelope {}

    /** @param content null if the node has no answer */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(String id, byte[] content) implements Envelope {}

    record KeepAlive() implements Envelope {}

    /** An envelope that this version cannot read. */
    record Unknown() implements Envelope {}

    /**
     * The command that publishes an envelope on a channel.
     *
     * @param sharded whether the server belongs to a Cluster
     */
    static CommandArguments publishCommand(boolean sharded, byte[] channel, byte[] envelope) {
        return new CommandArguments(sharded ? Protocol.Command.SPUBLISH : Protocol.Command.PUBLISH)
                .add(channel)
                .add(envelope);
    }

    static byte[] signal(FrameKind kind, byte[] frame) {
        return withHead(kind == FrameKind.PRESENCE ? 'P' : 'S', frame);
    }

    static byte[] keepAlive() {
        return withHead('N', new byte[0]);
    }

    static byte[] question(String id, String replyChannel, byte[] content) {
        return withHead('Q', concatenated(id + ' ' + replyChannel + ' ', content));
    }

    static byte[] answer(String id, byte[] content) {
        return withHead('A', concatenated(id + ' ', content));
    }

    static byte[] noAnswer(String id) {
        return withHead('F', id.getBytes(UTF_8));
    }

    private static byte[] concatenated(String head, byte[] rest) {
        byte[] headBytes = head.getBytes(UTF_8);
        byte[] all = Arrays.copyOf(headBytes, headBytes.length + rest.length);
        System.arraycopy(rest, 0, all, headBytes.length, rest.length);
        return all;
    }

    private static byte[] withHead(char kind, byte[] rest) {
        byte[] envelope = new byte[rest.length + 2];
        envelope[0] = (byte) VERSION;
        envelope[1] = (byte) kind;
        System.arraycopy(rest, 0, envelope, 2, rest.length);
        return envelope;
    }

    static Envelope parse(byte[] bytes) {
        if (bytes.length < 2 || bytes[0] != VERSION) {
            return new Unknown();
        }
        return switch (bytes[1]) {
            case 'M' -> message(bytes);
            case 'S' -> new Signal(FrameKind.SIGNAL, rest(bytes, 2));
            case 'P' -> new Signal(FrameKind.PRESENCE, rest(bytes, 2));
            case Presence.KIND -> presence(bytes);
            case 'Q' -> question(bytes);
            case 'A' -> answer(bytes);
            case 'F' -> new Answer(text(bytes, 2, bytes.length), null);
            case 'N' -> new KeepAlive();
            default -> new Unknown();
        };
    }

    private static Envelope message(byte[] bytes) {
        int epochEnd = indexOfBlank(bytes, 2);
        int offsetEnd = indexOfBlank(bytes, epochEnd + 1);
        int runEnd = indexOfBlank(bytes, offsetEnd + 1);
        if (epochEnd < 0 || offsetEnd < 0 || runEnd < 0) {
            return new Unknown();
        }
        long offset = 0;
        for (int i = epochEnd + 1; i < offsetEnd; i++) {
            offset = offset * 10 + (bytes[i] - '0');
        }
        String run = text(bytes, offsetEnd + 1, runEnd);
        return new Message(text(bytes, 2, epochEnd), offset, run, rest(bytes, runEnd + 1));
    }

    private static Envelope question(byte[] bytes) {
        int idEnd = indexOfBlank(bytes, 2);
        int channelEnd = indexOfBlank(bytes, idEnd + 1);
        return idEnd < 0 || channelEnd < 0
                ? new Unknown()
                : new Question(text(bytes, 2, idEnd), text(bytes, idEnd + 1, channelEnd), rest(bytes, channelEnd + 1));
    }

    private static Envelope answer(byte[] bytes) {
        int idEnd = indexOfBlank(bytes, 2);
        return idEnd < 0 ? new Unknown() : new Answer(text(bytes, 2, idEnd), rest(bytes, idEnd + 1));
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, UTF_8);
    }

    private static Envelope presence(byte[] bytes) {
        String[] lines = new String(bytes, 2, bytes.length - 2, UTF_8).split("\n", -1);
        String[] head = lines[0].split(" ", -1);
        if (head.length < 3) {
            return new Unknown();
        }
        List<User> joined = new ArrayList<>(1);
        List<User> renamed = new ArrayList<>(0);
        List<UserId> left = new ArrayList<>(1);
        try {
            for (int i = 1; i < lines.length; i++) {
                if (lines[i].isEmpty()) {
                    return new Unknown();
                }
                String user = lines[i].substring(1);
                switch (lines[i].charAt(0)) {
                    case '+' -> joined.add(UserText.parse(user));
                    case '=' -> renamed.add(UserText.parse(user));
                    default -> left.add(new UserId(user));
                }
            }
        } catch (ProtocolException e) {
            return new Unknown(); // A node of another version may allow other ids.
        }
        return new Presence(new PresenceChange(
                Long.parseLong(head[0]), Long.parseLong(head[1]), Long.parseLong(head[2]), joined, renamed, left));
    }

    private static int indexOfBlank(byte[] bytes, int from) {
        for (int i = Math.max(from, 0); i < bytes.length; i++) {
            if (bytes[i] == ' ') {
                return i;
            }
        }
        return -1;
    }

    private static byte[] rest(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }
}
