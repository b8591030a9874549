package io.roomcast.jmx;

import io.roomcast.service.cluster.ClusterSessions;
import java.util.List;

/**
 * Sessions of all nodes. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 *
 * @param count number of all sessions that match, also of those that are not listed
 */
public record SessionList(
        int count, List<SessionFigures> sessions, List<String> answered, List<String> silent, boolean complete) {

    static SessionList of(ClusterSessions.Found found) {
        return new SessionList(
                found.page().count(),
                found.page().sessions().stream().map(SessionFigures::of).toList(),
                found.answer().answered(),
                found.answer().silent(),
                found.answer().complete());
    }

    public int getCount() {
        return count;
    }

    public List<SessionFigures> getSessions() {
        return sessions;
    }

    public List<String> getAnswered() {
        return answered;
    }

    public List<String> getSilent() {
        return silent;
    }

    public boolean isComplete() {
        return complete;
    }
}
