package io.roomcast.service.operations;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.BuildInfo;
import io.roomcast.node.Limits;
import io.roomcast.node.LogText;
import io.roomcast.node.Node;
import io.roomcast.node.ServerInfo;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.stream.Collectors;

/** The lines of the log that say what starts. */
@ApplicationScoped
public class StartReport {
    private static final Logger LOG = System.getLogger(StartReport.class.getName());

    private Node node;
    private RoomcastConfig config;
    private Limits limits;

    /** For the container's proxy. */
    protected StartReport() {}

    @Inject
    public StartReport(Node node, RoomcastConfig config, Limits limits) {
        this.node = node;
        this.config = config;
        this.limits = limits;
    }

    public void log(ServerInfo server) {
        String auth = config.get(AccessKeys.AUTH);
        LOG.log(
                Level.INFO,
                "Roomcast " + BuildInfo.version() + " starts on " + LogText.of(server.name()) + ", Java "
                        + LogText.of(System.getProperty("java.version")) + ": node=" + node.name() + " relay="
                        + config.get(Keys.RELAY) + " auth=" + (auth.isEmpty() ? "(loopback only)" : auth) + " origins="
                        + LogText.of(String.join(",", config.get(AccessKeys.ORIGINS))) + " websockets="
                        + (server.hasFastPath() ? "fast" : "portable"));
        LOG.log(
                Level.INFO,
                "Limits: "
                        + limits.all().keySet().stream()
                                .map(name -> name.replaceFirst("^roomcast\\.limits\\.", "") + "=" + limits.text(name))
                                .collect(Collectors.joining(" ")));
    }
}
