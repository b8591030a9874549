package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.RoomClient;
import io.roomcast.support.redis.RedisProcess;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of an earlier build and of this one over one Redis. docs/upgrades.md tells operators what to expect. */
class UpgradeIT {
    /** The last build that speaks version 3 between nodes. */
    private static final String VERSION_3 = "ef8ddb8df8131b7056afd71df800fd1538207c70";

    /** An early build that speaks version 4 between nodes, as this one does. */
    private static final String VERSION_4 = "3f533f4c5610bd567aa50b0fb738453c84bdeace";

    @TempDir
    Path directory;

    @Test
    void nobodyLosesAMessageWhileNodesAreUpgraded() {
        new RollingRestart().run(Build.of(VERSION_4, directory));
    }

    @Test
    void aNodeThatSpeaksAnotherVersionIsNotReadyUntilTheOldOnesHaveGone() {
        try (RedisProcess redis = RedisProcess.launch();
                NodeProcess old = node("old", redis)
                        .upgrade(Build.of(VERSION_3, directory))
                        .start();
                NodeProcess fresh = node("fresh", redis)) {
            old.awaitReady(true);
            try (RoomClient speaker = RoomClient.connect(old.webSocket("ann"))) {
                speaker.say("{'type':'join','room':'lobby'}").next("joined");
                fresh.start();
                fresh.awaitReady(false);
                fresh.awaitLog("this node speaks version 4");
                for (int i = 1; i <= 100; i++) {
                    speaker.say("{'type':'publish','id':" + i + ",'room':'lobby','content':'said " + i + "'}");
                    assertEquals(i, speaker.next("ack").number("id"), "the old node serves on");
                }
                old.awaitReady(true);
            }
            old.stop();
            fresh.awaitReady(true);
            try (RoomClient client = RoomClient.connect(fresh.webSocket("ann"))) {
                client.say("{'type':'join','room':'lobby'}").next("joined");
                client.say("{'type':'publish','id':1,'room':'lobby','content':'back'}")
                        .next("ack");
            }
        }
    }

    private static NodeProcess node(String name, RedisProcess redis) {
        return new NodeProcess(name, Map.of("relay", "redis", "redis.uri", redis.uri()));
    }
}
