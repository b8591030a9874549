package io.roomcast.jmx;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserId;
import java.util.function.Function;

/**
 * Checks names that an operator typed. Throws exceptions of a class that is part of Java, so every console can show
 * them.
 */
final class OperatorInput {
    private OperatorInput() {}

    /** @throws IllegalArgumentException if the text is not a valid name; the message quotes the text */
    static RoomName room(String text) {
        return checked("room", "name", text, RoomName::new);
    }

    /** @throws IllegalArgumentException if the text is not a valid id; the message quotes the text */
    static UserId user(String text) {
        return checked("user", "id", text, UserId::new);
    }

    /** Whether the operator has left out an argument, which consoles do with an empty text. */
    static boolean isLeftOut(String text) {
        return text == null || text.isBlank();
    }

    static String text(String text) {
        return text == null ? "" : text.strip();
    }

    /** @throws IllegalArgumentException if the number is not from 1 to {@code max} */
    static int within(String parameter, int number, int max) {
        if (number < 1 || number > max) {
            throw new IllegalArgumentException(parameter + "=" + number + " is not a whole number from 1 to " + max);
        }
        return number;
    }

    private static <T> T checked(String parameter, String kind, String text, Function<String, T> constructor) {
        try {
            return constructor.apply(text == null ? null : text.strip());
        } catch (ProtocolException e) {
            throw new IllegalArgumentException(parameter + "=" + text + " is no " + kind + ": " + e.getMessage());
        }
    }
}
