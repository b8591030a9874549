package io.roomcast.nats.presence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.impl.Headers;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import io.roomcast.relay.PresenceChange;
import io.roomcast.relay.UserText;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * A presence change as a header of the record that decides it. The first line is {@code PREVIOUS REVISION COUNT}. A line
 * for each user follows: {@code +USER}, {@code =USER} (shown otherwise now) or {@code -ID}. The lines are in base64, since
 * a header has only ASCII. NATS bounds the headers of a message: in place of a larger text stands {@value #OMITTED}, and
 * those who hear of the change read the users of the room.
 */
public final class ChangeText {
    static final String HEADER = "Rp";

    private static final String OMITTED = "?";
    /** NATS stores 65,535 bytes of headers, with those that it adds. */
    private static final int MAX_LENGTH = 60_000;

    private ChangeText() {}

    static String of(PresenceChange change) {
        StringBuilder lines = new StringBuilder(64);
        lines.append(change.previous())
                .append(' ')
                .append(change.revision())
                .append(' ')
                .append(change.count());
        change.joined().forEach(user -> lines.append("\n+").append(UserText.line(user)));
        change.renamed().forEach(user -> lines.append("\n=").append(UserText.line(user)));
        change.left().forEach(user -> lines.append("\n-").append(user.value()));
        String encoded = Base64.getEncoder().encodeToString(lines.toString().getBytes(UTF_8));
        return encoded.length() > MAX_LENGTH ? OMITTED : encoded;
    }

    /** Whether these headers tell that there was a change, and not which one. */
    public static boolean isOmitted(Headers headers) {
        return OMITTED.equals(headers.getFirst(HEADER));
    }

    /** The change in these headers, or null if there is none that this version can read. */
    public static PresenceChange of(Headers headers) {
        String encoded = headers.getFirst(HEADER);
        if (encoded == null) {
            return null;
        }
        try {
            String[] lines = new String(Base64.getDecoder().decode(encoded), UTF_8).split("\n", -1);
            String[] head = lines[0].split(" ", -1);
            List<User> joined = new ArrayList<>(1);
            List<User> renamed = new ArrayList<>(0);
            List<UserId> left = new ArrayList<>(1);
            for (int i = 1; i < lines.length; i++) {
                String user = lines[i].substring(1);
                switch (lines[i].charAt(0)) {
                    case '+' -> joined.add(UserText.parse(user));
                    case '=' -> renamed.add(UserText.parse(user));
                    default -> left.add(new UserId(user));
                }
            }
            return new PresenceChange(
                    Long.parseLong(head[0]), Long.parseLong(head[1]), Long.parseLong(head[2]), joined, renamed, left);
        } catch (IllegalArgumentException | ProtocolException | IndexOutOfBoundsException e) {
            return null; // A node of another version may allow other ids.
        }
    }
}
