package io.roomcast.service.cluster;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What the nodes answered.
 *
 * @param answers one of each node that answered, by the names of the nodes
 * @param silent names of nodes that are connected to the relay and did not answer in time
 * @param complete whether all nodes have answered. If false although no node was silent, the relay does not know now
 *     which nodes there are
 */
public record ClusterAnswer<A>(List<NodeAnswer<A>> answers, List<String> silent, boolean complete) {

    public record NodeAnswer<A>(String node, A answer) {}

    /** Names of the nodes that answered. */
    public List<String> answered() {
        return answers.stream().map(NodeAnswer::node).toList();
    }

    public Stream<A> stream() {
        return answers.stream().map(NodeAnswer::answer);
    }

    public long sum(ToLongFunction<A> number) {
        return stream().mapToLong(number).sum();
    }
}
