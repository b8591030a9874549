package io.roomcast.protocol;

import jakarta.json.bind.JsonbException;
import jakarta.json.bind.serializer.DeserializationContext;
import jakarta.json.bind.serializer.JsonbDeserializer;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;
import java.lang.reflect.Type;

/**
 * The properties of a client's JSON object that the protocol knows. Their values are not validated. A property that
 * is absent is null.
 */
final class RawFrame {
    private static final int MAX_DEPTH = 32;
    private static final int MAX_DIGITS = "9007199254740991".length();
    private static final long MAX_NUMBER = (1L << 53) - 1;

    String type;
    Long id;
    String room;
    String user;
    String token;
    String key;
    String content;
    String signal;
    Long before;
    Long after;
    Long limit;
    boolean hasSince;
    String epoch;
    Long offset;
    Long at;

    /** The first error, a property of the wrong type or a value that is nested too deep; null if there is none. */
    ProtocolException defect;

    private boolean nestedTooDeep;

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

    /** The content of a message or signal. Throws what {@link Content#of} throws. */
    Content checkedContent() {
        return Content.of(content);
    }

    /**
     * Reads a client's object in one pass. The deserializer checks the types of known properties, and ignores all
     * others. The deserializer skips unknown arrays and objects without {@code skipArray}, and counts their depth.
     * {@code skipArray} of Parsson 1.1.7 never returns if the text ends inside the array.
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
            Event value = parser.next();
            switch (property) {
                case "type" -> frame.type = string(parser, value, property, frame);
                case "id" -> frame.id = number(parser, value, property, frame);
                case "room" -> frame.room = string(parser, value, property, frame);
                case "user" -> frame.user = string(parser, value, property, frame);
                case "token" -> frame.token = string(parser, value, property, frame);
                case "key" -> frame.key = string(parser, value, property, frame);
                case "content" -> frame.content = string(parser, value, property, frame);
                case "signal" -> frame.signal = string(parser, value, property, frame);
                case "before" -> frame.before = number(parser, value, property, frame);
                case "after" -> frame.after = number(parser, value, property, frame);
                case "limit" -> frame.limit = number(parser, value, property, frame);
                case "since" -> readSince(parser, value, frame);
                default -> skip(parser, value, frame);
            }
        }

        private static void readSince(JsonParser parser, Event value, RawFrame frame) {
            if (value == Event.VALUE_NULL) {
                return;
            }
            if (value != Event.START_OBJECT) {
                wrongKind(parser, value, frame, "since must be an object");
                return;
            }
            frame.hasSince = true;
            for (Event event = parser.next(); event != Event.END_OBJECT; event = parser.next()) {
                String property = parser.getString();
                Event inner = parser.next();
                switch (property) {
                    case "epoch" -> frame.epoch = string(parser, inner, "since.epoch", frame);
                    case "offset" -> frame.offset = number(parser, inner, "since.offset", frame);
                    case "at" -> frame.at = number(parser, inner, "since.at", frame);
                    default -> skip(parser, inner, frame);
                }
            }
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

        private static Long number(JsonParser parser, Event value, String property, RawFrame frame) {
            if (value == Event.VALUE_NULL) {
                return null;
            }
            if (value == Event.VALUE_NUMBER) {
                String digits = parser.getString();
                if (digits.length() <= MAX_DIGITS && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
                    long number = Long.parseLong(digits);
                    if (number <= MAX_NUMBER) {
                        return number;
                    }
                }
            }
            wrongKind(parser, value, frame, property + " must be a whole number from 0 to 2^53-1");
            return null;
        }

        private static void skip(JsonParser parser, Event first, RawFrame frame) {
            int depth = 0;
            Event event = first;
            while (true) {
                if (event == Event.START_ARRAY || event == Event.START_OBJECT) {
                    depth++;
                } else if (event == Event.END_ARRAY || event == Event.END_OBJECT) {
                    depth--;
                }
                if (depth == 0) {
                    return;
                }
                if (depth > MAX_DEPTH) {
                    frame.nestedTooDeep = true;
                    recordDefect(frame, "nested more than " + MAX_DEPTH + " deep");
                }
                event = parser.next();
            }
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
