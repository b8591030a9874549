package io.roomcast.websocket;

import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ClientFrameReader;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Decoder;

/**
 * Decodes one line of a client's message. The cause of its {@link DecodeException} is always a {@link
 * BadFrameException}.
 */
@Dependent
public class ClientFrameDecoder implements Decoder.Text<ClientFrame> {

    @Inject
    private ClientFrameReader reader;

    @Override
    public ClientFrame decode(String line) throws DecodeException {
        try {
            return reader.read(line);
        } catch (BadFrameException e) {
            throw new DecodeException(line, e.getMessage(), e);
        }
    }

    /**
     * Always true. Some containers silently drop a message that a decoder rejects, but a bad line must get an answer.
     */
    @Override
    public boolean willDecode(String line) {
        return true;
    }
}
