package io.roomcast.service.cluster;

/**
 * Which refusals are read. A component that is null applies to all.
 *
 * @param limit most refusals, the newest first
 */
public record RefusalQuery(String code, String user, String room, String session, int limit) {
    /** Most refusals of one answer. */
    public static final int MAX_REFUSALS = 500;
}
