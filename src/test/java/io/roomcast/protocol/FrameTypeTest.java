package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A type of frames that stands in one list only fails here. */
class FrameTypeTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)`");

    @Test
    void everyFrameHasATypeThatReadsIt() {
        Set<String> records = Arrays.stream(ClientFrame.class.getPermittedSubclasses())
                .filter(frame -> frame != ClientFrame.Invalid.class && frame != ClientFrame.Joins.class)
                .map(Class::getSimpleName)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> read = new TreeSet<>();
        ClientFrameReader reader = new ClientFrameReader();
        for (ClientFrame.Type type : ClientFrame.Type.values()) {
            // ClientFrame.Joins is another form of a join, and Invalid a form of all.
            String line = "{\"type\":\"" + type.wire()
                    + "\",\"signal\":\"n\",\"content\":\"c\",\"user\":\"u\",\"text\":\"t\"}";
            read.add(reader.read(line).getClass().getSimpleName());
        }
        ClientFrame several = reader.read("{\"messages\":[{\"content\":\"c\"}]}");
        read.add(several.getClass().getSimpleName());
        assertEquals(records, read);
    }

    @Test
    void theProtocolDescribesEveryType() throws IOException {
        String protocol = Files.readString(Path.of("docs/protocol.md"));
        String fromClients = protocol.split("\n## From the server\n", -1)[0];
        Set<String> described =
                ROW.matcher(fromClients).results().map(row -> row.group(1)).collect(Collectors.toSet());
        for (ClientFrame.Type type : ClientFrame.Type.values()) {
            assertTrue(described.contains(type.wire()), type.wire() + " is not in docs/protocol.md");
        }
    }
}
