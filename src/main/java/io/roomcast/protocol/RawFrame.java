package io.roomcast.protocol;

/** The members of a client's JSON object that the protocol knows, as they stood there; null where absent. */
final class RawFrame {
    String type;
    Long id;
    String room;
    String user;
    String token;
    String key;
    String content;
    String name;
    Long before;
    Long after;
    Long limit;
    boolean hasSince;
    String epoch;
    Long offset;

    /** The first member that is of the wrong kind, or null. */
    ProtocolException defect;

    /** Where the object ended in the text, in characters. */
    long end;
}
