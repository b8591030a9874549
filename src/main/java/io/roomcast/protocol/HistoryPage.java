package io.roomcast.protocol;

import java.util.List;

/**
 * A piece of a room's history.
 *
 * @param epoch that the offsets belong to
 * @param messages consecutive, oldest first
 * @param more whether there are further messages in the direction that was asked for
 */
public record HistoryPage(String epoch, List<StoredMessage> messages, boolean more) {}
