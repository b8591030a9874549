package io.roomcast.jmx;

import io.roomcast.protocol.HistoryPage;
import io.roomcast.protocol.RoomName;
import io.roomcast.protocol.StoredMessage;
import io.roomcast.relay.PresenceStore;
import io.roomcast.room.Room;
import io.roomcast.room.RoomRegistry;
import io.roomcast.service.BackEndService;
import io.roomcast.service.operations.NodeSnapshot;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Implements {@link NodeRoomsMXBean}, from the registry of rooms, the snapshots and the relay. Any thread. */
@ApplicationScoped
public class NodeRoomsBean implements NodeRoomsMXBean {
    private static final int LISTED_ROOMS = 10;
    private static final int MAX_MESSAGES = 200;

    private RoomRegistry rooms;
    private NodeSnapshot snapshot;
    private BackEndService backEnd;

    /** For the container's proxy. */
    protected NodeRoomsBean() {}

    @Inject
    public NodeRoomsBean(RoomRegistry rooms, NodeSnapshot snapshot, BackEndService backEnd) {
        this.rooms = rooms;
        this.snapshot = snapshot;
        this.backEnd = backEnd;
    }

    @Override
    public int getCount() {
        return (int) rooms.all().stream().filter(room -> room.size() > 0).count();
    }

    @Override
    public long getMembers() {
        return rooms.all().stream().mapToLong(Room::size).sum();
    }

    @Override
    public List<RoomFigures> getHottest() {
        return snapshot.hottest().stream()
                .map(room -> new RoomFigures(room.name(), room.members(), room.perSecond()))
                .toList();
    }

    @Override
    public List<RoomFigures> getLargest() {
        List<NodeSnapshot.HotRoom> hottest = snapshot.hottest();
        return rooms.all().stream()
                .filter(room -> room.size() > 0)
                .sorted(Comparator.comparingInt(Room::size).reversed().thenComparing(Room::name))
                .limit(LISTED_ROOMS)
                .map(room -> new RoomFigures(room.name().value(), room.size(), rate(hottest, room.name())))
                .toList();
    }

    private static double rate(List<NodeSnapshot.HotRoom> hottest, RoomName name) {
        return hottest.stream()
                .filter(room -> room.name().equals(name.value()))
                .mapToDouble(NodeSnapshot.HotRoom::perSecond)
                .findFirst()
                .orElse(0);
    }

    @Override
    public RoomView look(String room, int messages) {
        RoomName name = OperatorInput.room(room);
        if (messages < 0 || messages > MAX_MESSAGES) {
            throw new IllegalArgumentException(
                    "messages=" + messages + " is not a whole number from 0 to " + MAX_MESSAGES);
        }
        // At least one message is read, because the last message has the current offset.
        CompletionStage<HistoryPage> lastMessages = backEnd.history(name, null, null, Math.max(1, messages));
        PresenceStore.Roster roster = RelayReplies.await(backEnd.members(name));
        HistoryPage page = RelayReplies.await(lastMessages);
        List<StoredMessage> stored = page.messages();
        Room localRoom = rooms.find(name);
        return new RoomView(
                name.value(),
                localRoom == null ? 0 : localRoom.size(),
                roster.count(),
                roster.users().stream().map(OperatorText::user).toList(),
                page.epoch(),
                stored.isEmpty() ? 0 : stored.get(stored.size() - 1).offset(),
                localRoom == null ? 0 : localRoom.waitingEvents(),
                RoomSetting.of(backEnd.settings(name)),
                messages == 0 ? List.of() : stored.stream().map(RoomMessage::of).toList());
    }

    @Override
    public int close(String room) {
        return backEnd.closeRoom(OperatorInput.room(room), ConsoleAuthor.current());
    }
}
