package io.roomcast.http.api;

import io.roomcast.service.cluster.ClusterAnswer;
import java.util.List;

/**
 * Which nodes an answer about the whole cluster is from.
 *
 * @param answered names of the nodes that answered
 * @param silent names of connected nodes that did not answer in time
 * @param complete false if nodes were silent, or if the relay does not know now which nodes there are
 */
public record Reach(List<String> answered, List<String> silent, boolean complete) {
    static Reach of(ClusterAnswer<?> answer) {
        return new Reach(answer.answered(), answer.silent(), answer.complete());
    }
}
