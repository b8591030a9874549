package io.roomcast.standalone;

import io.roomcast.node.LogText;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * Formats each record as one JSON object on one line, with the members {@code time}, {@code level}, {@code logger},
 * {@code message} and maybe {@code exception}. Control characters are escaped, so that no client can forge a record.
 */
public final class JsonLogFormatter extends Formatter {
    @Override
    public String format(LogRecord record) {
        StringBuilder json = new StringBuilder(200).append('{');
        append(json, "time", LogFormatter.time(record));
        append(json.append(','), "level", record.getLevel().getName());
        append(json.append(','), "logger", String.valueOf(record.getLoggerName()));
        append(json.append(','), "message", String.valueOf(formatMessage(record)));
        if (record.getThrown() != null) {
            append(json.append(','), "exception", LogFormatter.exception(record).stripTrailing());
        }
        return json.append("}\n").toString();
    }

    private static void append(StringBuilder json, String name, String value) {
        json.append('"').append(name).append("\":\"");
        for (int i = 0; i < value.length(); i++) {
            char next = value.charAt(i);
            if (next == '"' || next == '\\') {
                json.append('\\').append(next);
            } else if (LogText.isHarmful(next) || Character.isSurrogate(next)) {
                json.append("\\u").append(String.format("%04x", (int) next));
            } else {
                json.append(next);
            }
        }
        json.append('"');
    }
}
