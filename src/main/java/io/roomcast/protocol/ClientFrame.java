package io.roomcast.protocol;

/**
 * What a client asks for. Names and numbers in it are valid; whether it may be done is for the service to say. {@code id} is
 * null where the client gave none; {@code room} is null where the client left it to the address that it connected to.
 */
public sealed interface ClientFrame {

    /** The client's number for this request, or null. */
    Long id();

    /** What is kept of it as long as it is not answered, in bytes, about. */
    default long bytes() {
        return 0;
    }

    /** @param token null where none was given; never printed */
    record Hello(Long id, UserName user, String token) implements ClientFrame {
        @Override
        public long bytes() {
            return token == null ? 0 : token.length();
        }

        @Override
        public String toString() {
            return "Hello[id=" + id + ", user=" + user + "]";
        }
    }

    /** @param token proves again who the session's user is; never printed */
    record Refresh(Long id, String token) implements ClientFrame {
        @Override
        public long bytes() {
            return token == null ? 0 : token.length();
        }

        @Override
        public String toString() {
            return "Refresh[id=" + id + "]";
        }
    }

    /** @param since last position that the client has, or null */
    record Join(Long id, RoomName room, Position since) implements ClientFrame {}

    /** @param key makes the publish repeatable, or null */
    record Publish(Long id, RoomName room, String key, Content content) implements ClientFrame {
        @Override
        public long bytes() {
            return content.bytes();
        }
    }

    /** @param content null where none was given */
    record Signal(Long id, RoomName room, String name, Content content) implements ClientFrame {
        @Override
        public long bytes() {
            return content == null ? 0 : content.bytes();
        }
    }

    /**
     * @param before exclusive upper end, or 0
     * @param after exclusive lower end, or -1; never together with {@code before}
     * @param limit 1–200
     */
    record History(Long id, RoomName room, long before, long after, int limit) implements ClientFrame {}

    record Members(Long id, RoomName room) implements ClientFrame {}

    record Leave(Long id, RoomName room) implements ClientFrame {}

    /**
     * What concerns a room and cannot be done: it is refused when its turn has come.
     *
     * @param room null where none was given
     */
    record Unsound(Long id, RoomName room, BadFrameException why) implements ClientFrame {}

    record Ping(Long id) implements ClientFrame {}
}
