package io.roomcast.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.it.described.AsyncApi;
import jakarta.json.bind.annotation.JsonbSubtype;
import jakarta.json.bind.annotation.JsonbTypeInfo;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A frame, or a member of one, that the code has and docs/asyncapi.yaml has not fails here, and so does the reverse. */
class AsyncApiTest {
    private static final Pattern READ_MEMBER = Pattern.compile("case \"(\\w+)\" ->");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\|");

    private final AsyncApi described = AsyncApi.read();

    @Test
    void everyFrameOfClientsIsDescribed() {
        Set<String> types = Stream.of(ClientFrame.Type.values())
                .map(ClientFrame.Type::wire)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(types, described.types(AsyncApi.CLIENT));
    }

    @Test
    void everyFrameOfTheServerIsDescribed() {
        Set<String> types =
                Stream.of(subtypes()).map(JsonbSubtype::alias).collect(Collectors.toCollection(TreeSet::new));
        types.addAll(List.of("message", "history", "results")); // MessageFrames assembles these.
        assertEquals(types, described.types(AsyncApi.SERVER));
    }

    private static JsonbSubtype[] subtypes() {
        return ServerFrame.class.getAnnotation(JsonbTypeInfo.class).value();
    }

    @Test
    void theFramesOfTheServerHaveTheMembersOfTheirRecords() {
        for (JsonbSubtype subtype : subtypes()) {
            String type = subtype.alias();
            Set<String> members = new TreeSet<>(Set.of("type"));
            for (RecordComponent component : subtype.type().getRecordComponents()) {
                members.add(component.getName());
                boolean always = component.getType().isPrimitive();
                assertTrue(
                        !always || described.required(AsyncApi.SERVER, type).contains(component.getName()),
                        component.getName() + " of " + type + " is always there, and not required");
            }
            assertEquals(
                    members,
                    new TreeSet<>(described.members(AsyncApi.SERVER, type).keySet()),
                    type);
        }
        Set<String> message = Stream.of(ServerFrameWriter.MessageBody.class.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        message.add("offset");
        assertEquals(message, described.storedMessage());
        message.add("type");
        assertEquals(
                message,
                new TreeSet<>(described.members(AsyncApi.SERVER, "message").keySet()));
    }

    @Test
    void theFramesOfClientsHaveTheMembersOfTheirRecords() {
        for (Class<?> frame : ClientFrame.class.getPermittedSubclasses()) {
            String type = frame.getSimpleName().toLowerCase(Locale.ROOT);
            if (described.types(AsyncApi.CLIENT).contains(type)) {
                Set<String> undescribed = Arrays.stream(frame.getRecordComponents())
                        .flatMap(component -> component.getType() == Payload.class
                                ? Stream.of("content", "data", "meta")
                                : Stream.of(component.getName().replace("present", "presence")))
                        .filter(member ->
                                !described.members(AsyncApi.CLIENT, type).containsKey(member))
                        .collect(Collectors.toSet());
                assertEquals(Set.of(), undescribed, type);
            }
        }
    }

    /** Also members of members, such as the offset of a position. */
    @Test
    void whatTheServerReadsIsDescribed() throws IOException {
        String reader = Files.readString(Path.of("src/main/java/io/roomcast/protocol/RawFrame.java"));
        Set<String> read = READ_MEMBER
                .matcher(reader)
                .results()
                .map(member -> member.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertTrue(read.contains("idempotencyKey") && read.contains("epoch"), read.toString());
        read.removeAll(described.allMembers(AsyncApi.CLIENT));
        assertEquals(Set.of(), read);
    }

    @Test
    void everyFrameIsInBothChannelsAndInTheOperationOfItsDirection() {
        Set<String> client = named(AsyncApi.CLIENT);
        Set<String> server = named(AsyncApi.SERVER);
        Set<String> all = new TreeSet<>(client);
        all.addAll(server);
        assertEquals(6, described.frames().size());
        described.frames().forEach((where, frames) -> {
            Set<String> expected = where.startsWith("receive ") ? client : where.startsWith("send ") ? server : all;
            assertEquals(expected, frames, where);
        });
    }

    private Set<String> named(String side) {
        return described.types(side).stream()
                .map(type -> side + "." + type)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyFrameHasExamplesThatAreAsDescribed() {
        for (String side : List.of(AsyncApi.CLIENT, AsyncApi.SERVER)) {
            for (String type : described.types(side)) {
                assertFalse(described.examples(side, type).isEmpty(), type);
                described
                        .examples(side, type)
                        .forEach(example -> assertEquals(List.of(), described.violations(side, example), type));
            }
        }
    }

    /** The tables of docs/protocol.md. */
    @Test
    void thePageForPeopleHasTheSameFrames() throws IOException {
        String page = Files.readString(Path.of("docs/protocol.md"));
        assertEquals(described.types(AsyncApi.CLIENT), rows(section(page, "From the client")));
        assertEquals(described.types(AsyncApi.SERVER), rows(section(page, "From the server")));
    }

    private static Set<String> rows(String section) {
        return ROW.matcher(section).results().map(row -> row.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static String section(String page, String title) {
        int start = page.indexOf("\n## " + title + "\n");
        return page.substring(start, page.indexOf("\n## ", start + 1));
    }
}
