package io.roomcast.protocol;

/** A line that is no frame of the protocol, with what could be read of it, so that the answer can name the request. */
public final class BadFrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final Long id;
    private final String key;
    private final transient RoomName room;
    private final boolean concernsRoom;

    BadFrameException(Long id, String key, ProtocolException cause) {
        this(id, key, null, false, cause);
    }

    /**
     * @param room that it names, or null
     * @param concernsRoom whether it would have been done in a room
     */
    BadFrameException(Long id, String key, RoomName room, boolean concernsRoom, ProtocolException cause) {
        super(cause.getMessage(), null, false, false);
        this.room = room;
        this.concernsRoom = concernsRoom;
        this.code = cause.code();
        this.id = id;
        this.key = key;
    }

    public BadFrameException(String text) {
        this(null, null, new ProtocolException(ErrorCode.BAD_REQUEST, text));
    }

    /** In the place of a frame, where it concerns a room; else null. */
    public ClientFrame.Unsound request() {
        return concernsRoom ? new ClientFrame.Unsound(id, room, this) : null;
    }

    /** Why it is none. */
    public ErrorCode code() {
        return code;
    }

    /** The {@code error} frame that answers the line. */
    public ServerFrame.Error answer() {
        return new ServerFrame.Error(id, key, null, code, getMessage(), null);
    }
}
