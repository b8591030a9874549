package io.roomcast.replica;

import io.roomcast.relay.Relay.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** The messages of one record. */
final class Batch {
    private Batch() {}

    static byte[] encode(List<Entry> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (Entry entry : entries) {
                out.writeBoolean(entry.key() != null);
                if (entry.key() != null) {
                    out.writeUTF(entry.key());
                }
                out.writeInt(entry.body().length);
                out.write(entry.body());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @return no more than what can be read, if the record has something else */
    static List<Entry> decode(byte[] body) {
        List<Entry> entries = new ArrayList<>(1);
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            while (in.available() > 0) {
                String key = in.readBoolean() ? in.readUTF() : null;
                int length = in.readInt();
                if (length < 0 || length > in.available()) {
                    return entries;
                }
                entries.add(new Entry(key, in.readNBytes(length)));
            }
        } catch (IOException e) {
            return entries;
        }
        return entries;
    }
}
