package io.roomcast.archive;

import io.roomcast.protocol.JsonMembers;
import io.roomcast.protocol.MessageFrames;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Whether two bodies are of the same message, although versions of this program have written them differently. */
final class SameMessage {
    private static final List<String> MEMBERS = List.of("sender", "content", "data", "meta");

    private SameMessage() {}

    /**
     * Whether what is stored is what is brought, or was until it was erased.
     *
     * @param brought as this version writes it
     */
    static boolean is(byte[] stored, byte[] brought) {
        if (Arrays.equals(stored, brought)) {
            return true;
        }
        if (MessageFrames.at(stored) != MessageFrames.at(brought)) {
            return false;
        }
        if (MessageFrames.isErased(stored) || MessageFrames.isErased(brought)) {
            return MessageFrames.isErased(stored);
        }
        try {
            JsonMembers one = members(stored);
            JsonMembers other = members(brought);
            return MEMBERS.stream()
                    .allMatch(name -> Objects.equals(one.text(name), other.text(name))
                            || Objects.equals(one.value(name), other.value(name)));
        } catch (RuntimeException e) {
            // The JSON library does not read one of them, and the bytes differ.
            return false;
        }
    }

    private static JsonMembers members(byte[] body) {
        return new JsonMembers(new String(body, StandardCharsets.UTF_8));
    }
}
