package io.roomcast.fuzz;

import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ClientFrameReader;
import io.roomcast.protocol.Position;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.ServerFrameWriter;
import java.nio.charset.StandardCharsets;

/** Whatever a line holds, it is a frame or is refused as a bad one, and the answer to it can be written. */
public final class FrameTarget {
    private static final ClientFrameReader READER = new ClientFrameReader();
    private static final ServerFrameWriter WRITER = new ServerFrameWriter();

    private FrameTarget() {}

    public static void fuzzerTestOneInput(byte[] data) {
        String line = new String(data, StandardCharsets.UTF_8);
        try {
            ClientFrame frame = READER.read(line);
            if (frame instanceof ClientFrame.Publish publish
                    && publish.content().bytes() != publish.content().text().getBytes(StandardCharsets.UTF_8).length) {
                throw new AssertionError("counted " + publish.content().bytes() + " bytes");
            }
        } catch (BadFrameException e) {
            if (WRITER.write(e.answer()).indexOf('\n') >= 0) {
                throw new AssertionError("an answer is one line");
            }
        }
        try {
            Position.parse(line);
        } catch (ProtocolException e) {
            // Not EPOCH:OFFSET.
        }
    }
}
