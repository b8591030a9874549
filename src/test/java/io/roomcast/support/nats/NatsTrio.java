package io.roomcast.support.nats;

import io.nats.client.JetStreamApiException;
import io.nats.client.api.ClusterInfo;
import io.roomcast.support.Await;
import io.roomcast.support.CuttableProxy;
import io.roomcast.support.machine.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A cluster of three NATS servers, with a proxy on each of the routes by which they reach one another. Whoever launches it
 * closes it.
 */
public record NatsTrio(List<NatsProcess> servers, List<Route> routes) implements AutoCloseable {

    /** The way that one server takes to another, by their indices. */
    record Route(int from, int to, CuttableProxy way) {
        static Route open(int from, int to, int port) {
            try {
                return new Route(from, to, CuttableProxy.before(URI.create("http://127.0.0.1:" + port)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        boolean isOf(int server) {
            return from == server || to == server;
        }
    }

    public static NatsTrio launch() {
        List<Integer> ports = IntStream.range(0, 3).mapToObj(i -> Ports.free()).toList();
        List<Route> routes = IntStream.range(0, 9)
                .filter(i -> i / 3 != i % 3)
                .mapToObj(i -> Route.open(i / 3, i % 3, ports.get(i % 3)))
                .toList();
        // Servers tell of each other an address where nobody is, so that they use the proxies.
        int nowhere = Ports.free();
        NatsTrio trio = new NatsTrio(
                IntStream.range(0, 3)
                        .mapToObj(i -> NatsProcess.launch("cluster { name: trio, host: 127.0.0.1, port: " + ports.get(i)
                                + ", advertise: \"127.0.0.1:" + nowhere + "\", routes: "
                                + routes.stream()
                                        .filter(route -> route.from() == i)
                                        .map(route -> "nats://127.0.0.1:"
                                                + route.way().port())
                                        .collect(Collectors.joining(", ", "[", "]"))
                                + " }"))
                        .toList(),
                routes);
        Await.until(
                "the servers have a leader",
                () -> trio.ask(admin -> {
                    admin.jetStreamManagement().getAccountStatistics();
                    return true;
                }));
        return trio;
    }

    /** Cuts the server off from the two others. All three live, and serve their clients. */
    public void cutOff(NatsProcess server) {
        int index = servers.indexOf(server);
        routes.stream()
                .filter(route -> route.isOf(index))
                .forEach(route -> route.way().cut());
    }

    public void mend() {
        routes.forEach(route -> route.way().mend());
    }

    /** Lets another server decide what is stored in the stream. */
    public void stepDown(String stream) {
        ask(admin -> {
            admin.request("$JS.API.STREAM.LEADER.STEPDOWN." + stream, new byte[0], Duration.ofSeconds(5));
            return true;
        });
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
        try {
            for (Route route : routes) {
                route.way().close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
