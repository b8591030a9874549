package io.roomcast.support.nats;

import io.nats.client.JetStreamApiException;
import io.nats.client.api.ClusterInfo;
import io.roomcast.support.Await;
import io.roomcast.support.redis.RedisProcess;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A cluster of three NATS servers. Whoever launches it closes it. */
public record NatsTrio(List<NatsProcess> servers) implements AutoCloseable {

    public static NatsTrio launch() {
        List<Integer> ports =
                IntStream.range(0, 3).mapToObj(i -> RedisProcess.freePort()).toList();
        String routes =
                ports.stream().map(port -> "nats://127.0.0.1:" + port).collect(Collectors.joining(", ", "[", "]"));
        NatsTrio trio = new NatsTrio(ports.stream()
                .map(port -> NatsProcess.launch(
                        "cluster { name: trio, host: 127.0.0.1, port: " + port + ", routes: " + routes + " }"))
                .toList());
        Await.until(
                "the servers have a leader",
                () -> trio.ask(admin -> {
                    admin.jetStreamManagement().getAccountStatistics();
                    return true;
                }));
        return trio;
    }

    /** The addresses of all servers, as nodes take them. */
    public String uris() {
        return servers.stream().map(NatsProcess::uri).collect(Collectors.joining(","));
    }

    /** Whether streams may have replicas: earlier servers do not keep their promises with them. */
    public boolean hasReplicas() {
        return ask(admin -> admin.getServerInfo().isSameOrNewerThanVersion("2.15.0"));
    }

    /** The server that decides what is stored in the stream. */
    public NatsProcess leaderOf(String stream) {
        NatsProcess[] leader = new NatsProcess[1];
        Await.until(
                "the stream has a leader",
                () -> ask(admin -> {
                    ClusterInfo cluster =
                            admin.jetStreamManagement().getStreamInfo(stream).getClusterInfo();
                    leader[0] = servers.stream()
                            .filter(server -> server.name().equals(cluster.getLeader()))
                            .findAny()
                            .orElse(null);
                    return leader[0] != null;
                }));
        return leader[0];
    }

    private boolean ask(NatsAdmin.Question<Boolean> question) {
        try {
            return NatsAdmin.ask(servers.stream().map(NatsProcess::uri).toList(), question);
        } catch (IOException | JetStreamApiException e) {
            return false;
        }
    }

    @Override
    public void close() {
        servers.forEach(NatsProcess::close);
    }
}
