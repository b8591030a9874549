package io.roomcast.protocol;

import java.util.List;

/**
 * A page of a room's history.
 *
 * @param epoch epoch of the offsets
 * @param messages messages with consecutive offsets, oldest first
 * @param more whether the history has further messages in the direction of the request
 */
public record HistoryPage(String epoch, List<StoredMessage> messages, boolean more) {}
