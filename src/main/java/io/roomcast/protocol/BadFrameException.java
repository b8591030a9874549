package io.roomcast.protocol;

/**
 * A line from a client is not a valid frame. The exception has the properties that could be read, so that the answer
 * can name the request. The exception has no stack trace.
 */
public final class BadFrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final Long id;
    private final String idempotencyKey;
    private final transient RoomName room;
    private final boolean concernsRoom;
    private final Long retryAfterMs;

    public BadFrameException(Long id, String idempotencyKey, ProtocolException cause) {
        this(id, idempotencyKey, null, false, cause);
    }

    /**
     * @param id the client's number for the request, or null
     * @param idempotencyKey the key of the publish, or null
     * @param room the room that the line names, or null
     * @param concernsRoom whether frames of this type are requests in a room
     */
    BadFrameException(Long id, String idempotencyKey, RoomName room, boolean concernsRoom, ProtocolException cause) {
        super(cause.getMessage(), null, false, false);
        this.room = room;
        this.concernsRoom = concernsRoom;
        this.code = cause.code();
        this.id = id;
        this.idempotencyKey = idempotencyKey;
        this.retryAfterMs = cause.retryAfterMs();
    }

    public BadFrameException(String text) {
        this(null, null, new ProtocolException(ErrorCode.BAD_REQUEST, text));
    }

    /** The line as a frame that is refused in its turn, if the line is a request in a room; else null. */
    public ClientFrame.Invalid frameInRoom() {
        return concernsRoom ? new ClientFrame.Invalid(id, room, this) : null;
    }

    /** The room that the line names, or null. */
    public RoomName room() {
        return room;
    }

    /** Why the line is not a valid frame. */
    public ErrorCode code() {
        return code;
    }

    /** The {@code error} frame that answers the line. */
    public ServerFrame.Error answer() {
        String name = room == null ? null : room.value();
        return new ServerFrame.Error(id, idempotencyKey, name, code, getMessage(), retryAfterMs);
    }
}
