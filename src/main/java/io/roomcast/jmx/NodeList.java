package io.roomcast.jmx;

import io.roomcast.service.cluster.ClusterAnswer;
import io.roomcast.service.cluster.ClusterNodes.NodeThere;
import java.util.List;

/**
 * All nodes. Consoles read a record of this class as composite data, see {@link DrainProgress}.
 *
 * @param sessions sessions of all nodes that answered
 * @param silent names of connected nodes that did not answer in time
 * @param complete false if nodes were silent, or if the relay does not know now which nodes there are
 */
public record NodeList(long sessions, List<ClusterNode> nodes, List<String> silent, boolean complete) {

    static NodeList of(ClusterAnswer<NodeThere> answer) {
        return new NodeList(
                answer.sum(NodeThere::sessions),
                answer.stream().map(ClusterNode::of).toList(),
                answer.silent(),
                answer.complete());
    }

    public long getSessions() {
        return sessions;
    }

    public List<ClusterNode> getNodes() {
        return nodes;
    }

    public List<String> getSilent() {
        return silent;
    }

    public boolean isComplete() {
        return complete;
    }
}
