package io.roomcast.protocol;

import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParser.Event;

/**
 * The properties of a search. Other frames may have properties of these names, with values of any type, which are
 * ignored there.
 */
final class RawSearch {
    String text;
    Long from;
    Long to;
    String cursor;
    /** The first property of the wrong type; null if there is none. */
    ProtocolException defect;

    /**
     * Reads a property.
     *
     * @return false if its value has the wrong type, and has to be skipped
     */
    boolean read(JsonParser parser, String property, Event value) {
        boolean isNumber = property.equals("from") || property.equals("to");
        if (value == Event.VALUE_STRING && !isNumber) {
            if (property.equals("text")) {
                text = parser.getString();
            } else {
                cursor = parser.getString();
            }
            return true;
        }
        Long number = value == Event.VALUE_NUMBER && isNumber ? WholeNumber.read(parser.getString()) : null;
        if (number != null) {
            from = property.equals("from") ? number : from;
            to = property.equals("to") ? number : to;
            return true;
        }
        if (value != Event.VALUE_NULL && defect == null) {
            defect = new ProtocolException(
                    ErrorCode.BAD_REQUEST,
                    property + (isNumber ? " must be a whole number from 0 to 2^53-1" : " must be a string"));
        }
        return false;
    }
}
