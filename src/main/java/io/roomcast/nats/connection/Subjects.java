package io.roomcast.nats.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;

/**
 * The names of streams and subjects. A room is one part of a subject. Letters, digits and {@code -_:@} of ASCII stand for
 * themselves, and all else is {@code %XX}, since NATS gives a meaning to dots, blanks and stars, and the client library
 * loses the connection at a header with other characters. A name that begins with {@code !} is none of a room.
 *
 * @param prefix letters, digits, _ and -
 */
public record Subjects(String prefix) {
    private static final String HEX = "0123456789ABCDEF";

    /** The stream with the messages of all rooms. */
    public String messages() {
        return prefix;
    }

    /** The stream with the last record of each room's presence. */
    public String presence() {
        return prefix + "-presence";
    }

    /** The stream with the leases that have not expired. */
    public String leases() {
        return prefix + "-leases";
    }

    /** The stream with the values on which the nodes have agreed. */
    public String agreements() {
        return prefix + "-agreed";
    }

    /** Subject of a value on which the nodes agree. */
    public String agreement(String name) {
        return prefix + ".a." + name;
    }

    /** Subject under which a message of the room is stored. */
    public String stored(String room) {
        return prefix + ".m." + encode(room);
    }

    /** Subject under which the room's presence is stored. */
    public String present(String room) {
        return prefix + ".p." + encode(room);
    }

    /** Subject by which nodes hear of a room: what is stored, and signals. */
    public String live(String room) {
        return prefix + ".l." + encode(room);
    }

    /** Subject of a lease. */
    public String lease(String lease) {
        return prefix + ".k." + lease;
    }

    /** Subject of a node, or of all nodes, for questions. */
    public String exchange(String node) {
        return prefix + ".x." + node;
    }

    /** The name as one part of a subject. */
    public static String encode(String name) {
        if (name.chars().allMatch(Subjects::isPlain)) {
            return name;
        }
        StringBuilder encoded = new StringBuilder(name.length() + 8);
        for (byte each : name.getBytes(UTF_8)) {
            char letter = (char) (each & 0xFF);
            if (isPlain(letter)) {
                encoded.append(letter);
            } else {
                encoded.append('%').append(HEX.charAt(letter >> 4)).append(HEX.charAt(letter & 0xF));
            }
        }
        return encoded.toString();
    }

    private static boolean isPlain(int letter) {
        return letter < 0x80 && (Character.isLetterOrDigit(letter) || "-_:@!".indexOf(letter) >= 0);
    }

    /** The name that is the last part of the subject. */
    public static String decodeLast(String subject) {
        String part = subject.substring(subject.lastIndexOf('.') + 1);
        return part.indexOf('%') < 0 ? part : URLDecoder.decode(part, UTF_8);
    }
}
