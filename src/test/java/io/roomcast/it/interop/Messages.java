package io.roomcast.it.interop;

import jakarta.json.Json;

/** Frames with a message. */
final class Messages {
    private Messages() {}

    /** @param id also in the key, {@code k1} for 1 */
    static String publish(String room, String content, int id) {
        return Json.createObjectBuilder()
                .add("type", "publish")
                .add("id", id)
                .add("idempotencyKey", "k" + id)
                .add("room", room)
                .add("content", content)
                .build()
                .toString();
    }
}
