package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.support.Await;
import io.roomcast.support.RawWebSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * After its Close frame a connection ends on TCP, too, whoever said so first and however long the client keeps its own
 * side open: otherwise each would hold a file, and count nowhere.
 */
class ClosedConnectionIT {
    private static final int CLIENTS = 100;
    private static final int NORMAL = 1000;
    private static final int PROTOCOL_ERROR = 1002;
    private static final int POLICY = 1008;
    private static final int TOO_LARGE = 1009;
    private static final long END_SECONDS = 30;

    private static ServerProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = ServerProcess.open();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void whereTheNodeCloses() {
        end("ws?user=ann", TOO_LARGE, client -> {
            client.header(0x81, 10_000_000);
            client.write(new byte[100_000]);
        });
    }

    @Test
    void whereItNeverBecomesASession() {
        end("ws?user=ann&token=x", POLICY, client -> {});
    }

    @Test
    void whereTheClientCloses() {
        end(
                "ws/lobby/ann",
                NORMAL,
                client -> client.send(RawWebSocket.CLOSE, true, new byte[] {NORMAL >> 8, (byte) NORMAL}));
    }

    @Test
    void whereTheClientBreaksTheProtocol() {
        end("ws?user=ann", PROTOCOL_ERROR, client -> client.write(new byte[] {(byte) 0x81, 1, 'x'}));
    }

    /** None of the clients closes its side before all of the server's are closed. */
    private static void end(String path, int code, Consumer<RawWebSocket> act) {
        long before = server.openFiles();
        List<RawWebSocket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                RawWebSocket client = RawWebSocket.connect(server.webSocket(path));
                clients.add(client);
                act.accept(client);
                assertEquals(code, client.awaitClose());
            }
            Await.until("the end of the connections", END_SECONDS, () -> server.openFiles() < before + CLIENTS / 2);
        } finally {
            clients.forEach(RawWebSocket::close);
        }
    }
}
