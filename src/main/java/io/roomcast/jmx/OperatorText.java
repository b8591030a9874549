package io.roomcast.jmx;

import io.roomcast.protocol.User;

/** Values as consoles show them. */
final class OperatorText {
    private OperatorText() {}

    /** The id, by which operators disconnect the user, and the name if there is one. */
    static String user(User user) {
        return user.name().equals(user.id().value())
                ? user.id().value()
                : user.id().value() + " (" + user.name() + ")";
    }
}
