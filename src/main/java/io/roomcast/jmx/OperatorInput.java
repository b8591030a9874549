package io.roomcast.jmx;

import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.UserName;
import java.util.function.Function;

/** Checks names that an operator typed. Its exceptions are of a class of Java, so every console can show them. */
final class OperatorInput {
    private OperatorInput() {}

    /** @throws IllegalArgumentException that quotes the input */
    static RoomName room(String text) {
        return checked("room", text, RoomName::new);
    }

    /** @throws IllegalArgumentException that quotes the input */
    static UserName user(String text) {
        return checked("user", text, UserName::new);
    }

    private static <T> T checked(String parameter, String text, Function<String, T> name) {
        try {
            return name.apply(text == null ? null : text.strip());
        } catch (ProtocolException e) {
            throw new IllegalArgumentException(parameter + "=" + text + " is no name: " + e.getMessage());
        }
    }
}
