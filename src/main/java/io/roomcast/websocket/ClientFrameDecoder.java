package io.roomcast.websocket;

import io.roomcast.protocol.BadFrameException;
import io.roomcast.protocol.ClientFrame;
import io.roomcast.protocol.ClientFrameReader;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.websocket.DecodeException;
import jakarta.websocket.Decoder;

/** Decodes one line of a client. The cause of its {@link DecodeException} is always a {@link BadFrameException}. */
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

    /** Always true: some containers silently drop what a decoder rejects, but a bad line has to be answered. */
    @Override
    public boolean willDecode(String line) {
        return true;
    }
}
