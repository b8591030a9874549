package io.roomcast.service.records;

import io.roomcast.node.Limits;
import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.JsonMembers;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.ServerFrameWriter;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.Restoring;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the lines of one import: a whole export, or any consecutive lines of one. All lines are checked before anything is
 * stored. Not thread-safe.
 */
final class ImportLines {
    /** Most bad lines that an answer names. */
    private static final int NAMED_LINES = 5;
    /** Most messages that are stored in one step, while others wait. */
    private static final int STEP_MESSAGES = 1_000;

    private final RoomName room;
    private final ServerFrameWriter writer;
    private final Limits limits;
    private final long latest;
    private final Set<String> epochs = new HashSet<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Restoring> steps = new ArrayList<>();
    private int badLines;
    private int messages;
    private boolean hasHead;
    /** What the first line says: the first message, and the last. Null if it says nothing. */
    private Position first;

    private Position last;
    /** What the last line of the export says about the number of messages; negative without that line. */
    private long announced = -1;

    /** @param latest the latest time that a message may have, in milliseconds since 1970 UTC */
    ImportLines(RoomName room, ServerFrameWriter writer, Limits limits, long latest) {
        this.room = room;
        this.writer = writer;
        this.limits = limits;
        this.latest = latest;
    }

    /**
     * Reads all lines.
     *
     * @throws ProtocolException {@code bad_request} that names the first bad lines, if there are any
     */
    void read(String text) {
        int number = 0;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                if (announced >= 0) {
                    throw ImportLine.bad("follows the end");
                }
                read(number, ImportLine.members(line));
            } catch (ProtocolException e) {
                badLines++;
                if (problems.size() < NAMED_LINES) {
                    problems.add("line " + number + ": " + e.getMessage());
                }
            }
        }
        if (hasHead && announced >= 0 && announced != messages && badLines == 0) {
            badLines++;
            problems.add("the last line names " + announced + " messages, and here are " + messages);
        }
        if (hasHead
                && announced > 0
                && last != null
                && badLines == 0
                && !last.equals(place(steps.get(steps.size() - 1)))) {
            badLines++;
            problems.add("the first line names another last message than here is");
        }
        if (badLines > 0) {
            String others = badLines > problems.size() ? "; and " + (badLines - problems.size()) + " others" : "";
            throw new ProtocolException(
                    ErrorCode.BAD_REQUEST, "nothing was stored: " + String.join("; ", problems) + others);
        }
    }

    private void read(int number, JsonMembers line) {
        String type = ImportLine.text(line, "type");
        if (type == null) {
            add(ImportLine.of(line, room, writer, latest));
        } else if (type.equals("export")) {
            readHead(number, line);
        } else if (type.equals("end")) {
            readEnd(line);
        } else {
            throw ImportLine.bad("no line of an export has this type");
        }
    }

    private void readHead(int number, JsonMembers line) {
        if (number > 1) {
            throw ImportLine.bad("only the first line says what the export is");
        }
        if (!String.valueOf(RecordLine.VERSION).equals(line.text("version"))) {
            throw ImportLine.bad("this node reads version " + RecordLine.VERSION + " of exports only");
        }
        if (line.text("user") != null) {
            throw ImportLine.bad("the export of a user has no whole rooms, and cannot be imported");
        }
        if (line.text("first") != null) {
            first = ImportLine.position(ImportLine.members(line.text("first")));
        }
        if (line.text("offset") != null) {
            last = ImportLine.position(line);
        }
        hasHead = true;
    }

    private void readEnd(JsonMembers line) {
        if (!"true".equals(line.text("complete"))) {
            throw ImportLine.bad("the export was not complete");
        }
        try {
            announced = Math.max(0, Long.parseLong(String.valueOf(line.text("messages"))));
        } catch (NumberFormatException e) {
            throw ImportLine.bad("messages must be a whole number");
        }
    }

    private void add(ImportLine line) {
        if (line.payload() != null) {
            limits.requireSize(line.payload());
        }
        messages++;
        Restoring before = steps.isEmpty() ? null : steps.get(steps.size() - 1);
        boolean isFirst = before == null && line.isAt(first);
        if (before == null) {
            if (first != null && !isFirst) {
                throw ImportLine.bad("the first line names another first message");
            }
        } else if (before.epoch().equals(line.epoch())) {
            if (line.message().offset() != before.last() + 1) {
                throw ImportLine.bad("offset does not follow that of the message before");
            }
            if (before.messages().size() < STEP_MESSAGES) {
                before.messages().add(line.message());
                return;
            }
        } else if (epochs.contains(line.epoch())) {
            throw ImportLine.bad("the epoch has ended before");
        } else if (!place(before).equals(line.previous())) {
            throw ImportLine.bad("previous does not name the message before");
        }
        epochs.add(line.epoch());
        List<StoredMessage> step = new ArrayList<>();
        step.add(line.message());
        steps.add(new Restoring(line.epoch(), line.previous(), isFirst, step));
    }

    private static Position place(Restoring step) {
        return new Position(step.epoch(), step.last());
    }

    /** What is to be stored, in this order. */
    List<Restoring> steps() {
        return steps;
    }

    /** Number of messages. */
    int messages() {
        return messages;
    }

    /** Whether the lines have the end of an export, which says that it is whole. */
    boolean hasEnd() {
        return announced >= 0;
    }
}
