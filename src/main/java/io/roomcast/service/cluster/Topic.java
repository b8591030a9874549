package io.roomcast.service.cluster;

/**
 * What every node can be asked. Questions and answers are records that JSON-B reads and writes. A node of a newer
 * version may ask with members, or about topics, that this node does not know.
 *
 * @param name without line breaks
 */
public record Topic<Q, A>(String name, Class<Q> question, Class<A> answer) {}
