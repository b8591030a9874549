package io.roomcast.jmx;

import io.roomcast.service.cluster.ClusterAnswer;
import java.util.List;

/**
 * The result of an operation on all nodes. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 *
 * @param count to how many sessions the operation applied
 * @param answered names of the nodes that answered
 * @param silent names of connected nodes that did not answer in time
 * @param complete false if nodes were silent, or if the relay does not know now which nodes there are
 */
public record ClusterResult(long count, List<String> answered, List<String> silent, boolean complete) {

    static ClusterResult of(long count, ClusterAnswer<?> answer) {
        return new ClusterResult(count, answer.answered(), answer.silent(), answer.complete());
    }

    public long getCount() {
        return count;
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
