package io.roomcast.protocol;

import jakarta.json.bind.JsonbException;
import jakarta.json.bind.serializer.DeserializationContext;
import jakarta.json.bind.serializer.JsonbDeserializer;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The properties of a client's JSON object that the protocol knows. Their values are not validated. A property that
 * is absent is null.
 */
final class RawFrame {
    private static final int MAX_DEPTH = Data.MAX_DEPTH;

    String type;
    Long id;
    String room;
    /** The elements of {@code rooms}, each a frame of its own; null if there are none. */
    List<RawFrame> rooms;

    /** Whether a join asks for presence. */
    Boolean presence;

    String user;
    String token;
    String idempotencyKey;
    String content;
    /** Where the parser stood after the name of {@code data}, and after its value; 0 if there is none. */
    long dataNamed;

    long dataEnd;
    /** Null if there is none. */
    Map<String, String> meta;
    /**
     * The first messages of a publish of several: at most {@link NewMessage#MOST}, and none after one with a defect. So
     * what is not needed takes no memory. Each has only the properties of a message. Null if there are none.
     */
    List<RawFrame> messages;
    /** How many messages the list of the client has. */
    int messageCount;

    String signal;
    RawPosition since;
    RawPosition before;
    RawPosition after;
    Long limit;
    /** What only a search has. */
    final RawSearch search = new RawSearch();

    /** The first error, a property of the wrong type or a value that is nested too deep; null if there is none. */
    ProtocolException defect;

    private boolean nestedTooDeep;

    /** The line from which this frame was read. */
    String line;

    /** Index of the first character after the object. */
    long end;

    /** The parser failed inside a value that is nested too deep. Contains the properties before this value. */
    static final class TooDeepException extends JsonbException {
        private static final long serialVersionUID = 1L;

        final transient RawFrame frame;

        private TooDeepException(RawFrame frame) {
            super(frame.defect.getMessage());
            this.frame = frame;
        }
    }

    /** A position as the client wrote it. A property that is absent is null. */
    private static final class RawPosition {
        String epoch;
        Long offset;
        Long at;
    }

    Position since() {
        return position("since", since);
    }

    Position before() {
        return position("before", before);
    }

    Position after() {
        return position("after", after);
    }

    /**
     * The position, or null if the frame has none.
     *
     * @throws ProtocolException {@code bad_request} if the server cannot have sent this position to a client
     */
    private static Position position(String property, RawPosition raw) {
        if (raw == null) {
            return null;
        }
        if (raw.epoch == null || raw.offset == null) {
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST, property + (raw.epoch == null ? ".epoch" : ".offset") + " is missing");
        }
        return new Position(raw.epoch, raw.offset, raw.at == null ? 0 : raw.at);
    }

    /** The content of a signal, or null. Throws what {@link Content#of} throws. */
    Content checkedContent() {
        return content == null ? null : Content.of(content);
    }

    /** Sets the line from which this frame and its messages were read. */
    void setLine(String text) {
        line = text;
        if (messages != null) {
            messages.forEach(message -> message.line = text);
        }
    }

    /** What a message carries. Throws what {@link Payload#of} throws. */
    Payload checkedPayload() {
        return Payload.of(content, dataEnd == 0 ? null : Data.cut(line, dataNamed, dataEnd), meta);
    }

    /**
     * Reads a client's object in one pass. The deserializer checks the types of known properties, and ignores all
     * others. The deserializer skips unknown arrays and objects, and counts their depth.
     */
    static final class Deserializer implements JsonbDeserializer<RawFrame> {
        @Override
        public RawFrame deserialize(JsonParser parser, DeserializationContext context, Type type) {
            RawFrame frame = new RawFrame();
            try {
                for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
                    read(parser, parser.getString(), frame);
                }
                frame.end = parser.getLocation().getStreamOffset();
            } catch (RuntimeException e) {
                // The parser has a limit of its own. The answer can still name the request.
                throw frame.nestedTooDeep ? new TooDeepException(frame) : e;
            }
            return frame;
        }

        private static void read(JsonParser parser, String property, RawFrame frame) {
            long named = parser.getLocation().getStreamOffset();
            Event value = parser.next();
            switch (property) {
                case "type" -> frame.type = string(parser, value, property, frame);
                case "id" -> frame.id = number(parser, value, property, frame);
                case "room" -> frame.room = string(parser, value, property, frame);
                case "rooms" -> frame.rooms = rooms(parser, value, frame);
                case "presence" -> frame.presence = truth(parser, value, property, frame);
                case "user" -> frame.user = string(parser, value, property, frame);
                case "token" -> frame.token = string(parser, value, property, frame);
                case "messages" -> frame.messages = messages(parser, value, frame);
                case "signal" -> frame.signal = string(parser, value, property, frame);
                case "before" -> frame.before = position(parser, value, property, frame);
                case "after" -> frame.after = position(parser, value, property, frame);
                case "limit" -> frame.limit = number(parser, value, property, frame);
                case "since" -> frame.since = position(parser, value, property, frame);
                case "text", "from", "to", "cursor" -> {
                    if (!frame.search.read(parser, property, value)) {
                        skip(parser, value, frame);
                    }
                }
                default -> readOfMessage(parser, property, value, named, frame);
            }
        }

        /** Reads a property that each message of a publish may have. */
        private static void readOfMessage(
                JsonParser parser, String property, Event value, long named, RawFrame message) {
            switch (property) {
                case "idempotencyKey" -> message.idempotencyKey = string(parser, value, property, message);
                case "content" -> message.content = string(parser, value, property, message);
                case "data" -> readData(parser, value, named, message);
                case "meta" -> message.meta = meta(parser, value, message);
                default -> skip(parser, value, message);
            }
        }

        private static List<RawFrame> messages(JsonParser parser, Event value, RawFrame frame) {
            if (!begins(Event.START_ARRAY, parser, value, frame, "messages must be a list")) {
                return null;
            }
            List<RawFrame> messages = new ArrayList<>();
            RawFrame unneeded = new RawFrame();
            boolean isNeeded = true;
            for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
                frame.messageCount++;
                RawFrame message = isNeeded ? new RawFrame() : unneeded;
                readMessage(parser, event, message, frame);
                if (isNeeded) {
                    messages.add(message);
                    isNeeded = message.defect == null && messages.size() < NewMessage.MOST;
                }
            }
            return messages;
        }

        private static void readMessage(JsonParser parser, Event first, RawFrame message, RawFrame frame) {
            try {
                if (first != Event.START_OBJECT) {
                    wrongKind(parser, first, message, "a message must be an object");
                    return;
                }
                for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
                    String property = parser.getString();
                    long named = parser.getLocation().getStreamOffset();
                    readOfMessage(parser, property, parser.next(), named, message);
                }
            } catch (RuntimeException e) {
                if (message.nestedTooDeep) {
                    frame.nestedTooDeep = true;
                    recordDefect(frame, message.defect.getMessage());
                }
                throw e;
            }
        }

        /** Notes where the value is. Its text is cut out of the line later, and nothing else is made of it. */
        private static void readData(JsonParser parser, Event value, long named, RawFrame frame) {
            skip(parser, value, frame);
            frame.dataNamed = named;
            frame.dataEnd = value == Event.VALUE_NULL ? 0 : parser.getLocation().getStreamOffset();
        }

        private static Map<String, String> meta(JsonParser parser, Event value, RawFrame frame) {
            if (!begins(Event.START_OBJECT, parser, value, frame, "meta must be an object of strings")) {
                return null;
            }
            Map<String, String> entries = new LinkedHashMap<>();
            int number = 0;
            for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
                String name = parser.getString();
                Event entry = parser.next();
                number++;
                if (entry == Event.VALUE_STRING) {
                    entries.put(name, parser.getString());
                } else {
                    wrongKind(parser, entry, frame, Meta.what(name, number) + " must be a string");
                }
            }
            return entries;
        }

        private static List<RawFrame> rooms(JsonParser parser, Event value, RawFrame frame) {
            if (!begins(Event.START_ARRAY, parser, value, frame, "rooms must be an array")) {
                return null;
            }
            List<RawFrame> rooms = new ArrayList<>();
            for (Event event = parser.next(); event != Event.END_ARRAY; event = parser.next()) {
                RawFrame element = new RawFrame();
                element.type = "join";
                rooms.add(element);
                if (event == Event.VALUE_STRING) {
                    element.room = parser.getString();
                } else if (event == Event.START_OBJECT) {
                    readElement(parser, element, frame);
                } else {
                    wrongKind(parser, event, frame, "rooms must have names and objects with a room");
                }
            }
            return rooms;
        }

        private static void readElement(JsonParser parser, RawFrame element, RawFrame frame) {
            try {
                for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
                    String property = parser.getString();
                    Event value = parser.next();
                    switch (property) {
                        case "id" -> element.id = number(parser, value, property, element);
                        case "room" -> element.room = string(parser, value, property, element);
                        case "since" -> element.since = position(parser, value, property, element);
                        case "presence" -> element.presence = truth(parser, value, property, element);
                        default -> skip(parser, value, element);
                    }
                }
            } finally {
                if (element.nestedTooDeep) {
                    // The parser has a limit of its own, and may have failed. Then no element can be served.
                    frame.nestedTooDeep = true;
                    recordDefect(frame, element.defect.getMessage());
                }
            }
        }

        private static RawPosition position(JsonParser parser, Event value, String name, RawFrame frame) {
            if (!begins(Event.START_OBJECT, parser, value, frame, name + " must be an object with epoch and offset")) {
                return null;
            }
            RawPosition position = new RawPosition();
            for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
                String property = parser.getString();
                Event inner = parser.next();
                switch (property) {
                    case "epoch" -> position.epoch = string(parser, inner, name + ".epoch", frame);
                    case "offset" -> position.offset = number(parser, inner, name + ".offset", frame);
                    case "at" -> position.at = number(parser, inner, name + ".at", frame);
                    default -> skip(parser, inner, frame);
                }
            }
            return position;
        }

        /** Whether a value is an array or object to read. A value of another kind is a defect, unless it is null. */
        private static boolean begins(Event start, JsonParser parser, Event value, RawFrame frame, String otherwise) {
            if (value != start && value != Event.VALUE_NULL) {
                wrongKind(parser, value, frame, otherwise);
            }
            return value == start;
        }

        private static String string(JsonParser parser, Event value, String property, RawFrame frame) {
            if (value == Event.VALUE_STRING) {
                return parser.getString();
            }
            if (value != Event.VALUE_NULL) {
                wrongKind(parser, value, frame, property + " must be a string");
            }
            return null;
        }

        private static Boolean truth(JsonParser parser, Event value, String property, RawFrame frame) {
            if (value == Event.VALUE_TRUE || value == Event.VALUE_FALSE) {
                return value == Event.VALUE_TRUE;
            }
            if (value != Event.VALUE_NULL) {
                wrongKind(parser, value, frame, property + " must be true or false");
            }
            return null;
        }

        private static Long number(JsonParser parser, Event value, String property, RawFrame frame) {
            if (value == Event.VALUE_NULL) {
                return null;
            }
            if (value == Event.VALUE_NUMBER) {
                Long number = WholeNumber.read(parser.getString());
                if (number != null) {
                    return number;
                }
            }
            wrongKind(parser, value, frame, property + " must be a whole number from 0 to 2^53-1");
            return null;
        }

        private static void skip(JsonParser parser, Event first, RawFrame frame) {
            SkippedValue.skip(parser, first, depth -> {
                if (depth > MAX_DEPTH) {
                    frame.nestedTooDeep = true;
                    recordDefect(frame, "nested more than " + MAX_DEPTH + " deep");
                }
            });
        }

        private static void wrongKind(JsonParser parser, Event value, RawFrame frame, String text) {
            recordDefect(frame, text);
            skip(parser, value, frame);
        }

        /** Records the first error. Reading continues, because the answer may need later properties. */
        private static void recordDefect(RawFrame frame, String text) {
            if (frame.defect == null) {
                frame.defect = new ProtocolException(ErrorCode.BAD_REQUEST, text);
            }
        }
    }
}
