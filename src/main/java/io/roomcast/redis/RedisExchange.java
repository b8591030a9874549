package io.roomcast.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.roomcast.redis.connection.Envelope;
import io.roomcast.redis.connection.RoomKeys;
import io.roomcast.redis.topology.NodeChannels;
import io.roomcast.redis.topology.Shard;
import io.roomcast.redis.topology.Shards;
import io.roomcast.relay.Inquiries;
import io.roomcast.relay.NodeExchange;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.relay.Respondent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/**
 * Asks the other nodes over the channels that each node subscribes to alone. Redis lists these channels, so it knows
 * which nodes are connected. Each node has such a channel at every server, so one server of a Cluster is enough.
 *
 * <p><b>Concurrency.</b> Any thread may call. The subscriber's thread only passes questions and answers on.
 */
final class RedisExchange implements NodeExchange {
    private final NodeChannels channels;
    private final Inquiries inquiries;
    private final Respondent respondent = new Respondent();
    private volatile Shards shards;

    RedisExchange(NodeChannels channels, ScheduledExecutorService timer) {
        this.channels = channels;
        this.inquiries = new Inquiries(timer);
    }

    /** Sets the servers, which are made after this object. */
    void start(Shards servers) {
        shards = servers;
    }

    @Override
    public void start(Responder answering) {
        respondent.start(answering);
    }

    @Override
    public CompletionStage<Answers> ask(byte[] question, Duration deadline) {
        Inquiries.Inquiry inquiry = inquiries.begin(question, deadline);
        Shard shard = shards.all().iterator().next();
        String own = shard.nodeChannel();
        shard.read(RoomKeys.slotOf(own), channels.listCommand(), true).whenComplete((reply, failure) -> {
            if (failure != null) {
                inquiry.fail(failure);
            } else {
                ask(inquiry, question, own, namesIn(reply));
            }
        });
        return inquiry.result();
    }

    private static List<String> namesIn(Object reply) {
        return ((List<?>) reply)
                .stream().map(name -> new String((byte[]) name, UTF_8)).toList();
    }

    private void ask(Inquiries.Inquiry inquiry, byte[] question, String own, List<String> found) {
        if (!found.contains(own)) {
            // Answers could not reach this node.
            inquiry.fail(new RelayUnavailableException("this node is not subscribed"));
            return;
        }
        Map<String, String> channelsById = new HashMap<>();
        Map<String, String> nodesById = new HashMap<>();
        for (String channel : found) {
            if (!channel.equals(own)) {
                String id = UUID.randomUUID().toString();
                channelsById.put(id, channel);
                nodesById.put(id, NodeChannels.nodeOf(channel));
            }
        }
        if (inquiry.expect(nodesById)) {
            channelsById.forEach((id, channel) -> publish(channel, Envelope.question(id, own, question))
                    .whenComplete((reply, failure) -> {
                        if (failure != null) {
                            inquiries.take(id, null);
                        }
                    }));
        }
    }

    @Override
    public CompletionStage<byte[]> agree(String name, byte[] proposal) {
        // No room has a name that begins so.
        String key = channels.prefix() + ":{!agreed}:" + name;
        int slot = RoomKeys.slotOf(key);
        CommandArguments set = new CommandArguments(Protocol.Command.SET)
                .add(key.getBytes(UTF_8))
                .add(proposal)
                .add("NX")
                .add("GET");
        return shards.of(slot).publish(slot, set).thenApply(former -> former == null ? proposal : (byte[]) former);
    }

    private CompletionStage<Object> publish(String channel, byte[] envelope) {
        int slot = RoomKeys.slotOf(channel);
        return shards.of(slot)
                .publish(slot, Envelope.publishCommand(channels.sharded(), channel.getBytes(UTF_8), envelope));
    }

    /** Answers a question of another node. Called on the subscriber's thread. */
    void asked(Envelope.Question question) {
        respondent.answer(question.content(), answer -> {
            var unused = publish(
                    question.replyChannel(),
                    answer == null ? Envelope.noAnswer(question.id()) : Envelope.answer(question.id(), answer));
        });
    }

    /** Takes the answer of another node. Called on the subscriber's thread. Ignores an answer that is late. */
    void answered(Envelope.Answer answer) {
        inquiries.take(answer.id(), answer.content());
    }

    /** Ends all inquiries with the answers that have arrived. */
    void close() {
        inquiries.close();
    }
}
