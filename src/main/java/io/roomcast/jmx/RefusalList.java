package io.roomcast.jmx;

import io.roomcast.service.cluster.ClusterRefusals;
import java.util.List;
import java.util.Map;

/**
 * What all nodes have refused. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 *
 * @param counts number of all refusals since the nodes started, by code
 * @param last the last refusals, the newest first
 */
public record RefusalList(
        Map<String, Long> counts,
        List<RefusalFigures> last,
        List<String> answered,
        List<String> silent,
        boolean complete) {

    static RefusalList of(ClusterRefusals.Found found) {
        return new RefusalList(
                found.page().counts(),
                found.page().last().stream().map(RefusalFigures::of).toList(),
                found.answer().answered(),
                found.answer().silent(),
                found.answer().complete());
    }

    public Map<String, Long> getCounts() {
        return counts;
    }

    public List<RefusalFigures> getLast() {
        return last;
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
