package io.roomcast.room;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.roomcast.outbound.EncodedFrame;
import io.roomcast.outbound.FrameKind;
import io.roomcast.protocol.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Thousands of interleavings of everything that can happen to a room, each chosen by a seed, checked against what a client is promised: see
 * {@link ModelClient}. A failure names its seed, and the seed gives the same run again.
 */
@ExtendWith(NoDefects.class)
class RoomModelTest {
    private static final int SEEDS = 1_000;
    private static final int STEPS = 150;
    /** Bytes in which a few messages can wait, and no more: some clients have to be told that they are behind, and some lanes have to read. */
    private static final long ROOM_FOR_TWO = 120;

    /** Bytes a second that returning members are sent: most of them have to wait. */
    private static final long SLOW = 1_000;

    /** What the room keeps, and what the history keeps. */
    record Sizes(int recent, int kept) {}

    static Stream<Sizes> sizes() {
        return Stream.of(new Sizes(0, 20), new Sizes(4, 8), new Sizes(8, 1_000), new Sizes(600, 600));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void everyMemberGetsConsecutiveOffsetsOnceOrIsToldTheTruth(Sizes sizes) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Run run = new Run(sizes, seed);
            try {
                run.go();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e.getMessage() + "\n" + run, e);
            }
        }
    }

    private static Position unproven(Position position) {
        return new Position(position.epoch(), position.offset());
    }

    private static final class Run {
        private final Random random;
        private final RoomFixture fixture;
        private final FakeSource source;
        private final List<ModelClient> clients = new ArrayList<>();
        private final List<String> steps = new ArrayList<>();
        private int epochs = 1;

        Run(Sizes sizes, long seed) {
            random = new Random(seed);
            fixture = new RoomFixture(
                    sizes.recent(),
                    sizes.kept(),
                    new LagBudget(random.nextBoolean() ? 0 : ROOM_FOR_TWO, 0),
                    random.nextBoolean() ? 0 : SLOW);
            source = fixture.source;
            source.duringSubscribe = () -> {
                if (random.nextInt(3) == 0) {
                    source.store();
                    source.deliverAll();
                }
            };
            for (int i = 0; i < 4; i++) {
                clients.add(new ModelClient(
                        fixture, random.nextBoolean(), random.nextBoolean(), random.nextBoolean() ? 0 : ROOM_FOR_TWO));
            }
        }

        void go() {
            for (int i = 0; i < STEPS; i++) {
                step();
            }
            settle();
            clients.stream()
                    .filter(ModelClient::isIn)
                    .forEach(client -> assertEquals(unproven(source.position()), client.position()));
            clients.forEach(ModelClient::leave);
            settle();
            fixture.timer.advance(RoomFixture.LINGER);
            assertNull(fixture.registry.find(FakeSource.ROOM), "an empty room goes");
        }

        @Override
        public String toString() {
            return steps + "\n" + clients;
        }

        private void step() {
            ModelClient client = clients.get(random.nextInt(clients.size()));
            int kind = random.nextInt(100);
            if (kind < 15) {
                did("store", source::store);
            } else if (kind < 25) {
                did("deliver", source::deliver);
            } else if (kind < 50) {
                did("run", () -> fixture.executor.runAny(random));
            } else if (kind < 65) {
                did("read by " + clients.indexOf(client), client::readOne);
            } else if (kind < 75) {
                did("subscribed", this::answerSubscription);
            } else if (kind < 85) {
                did("history", this::answerRead);
            } else if (kind < 92) {
                did("join " + clients.indexOf(client), client::join);
            } else if (kind < 95) {
                did("leave " + clients.indexOf(client), client::leave);
            } else if (kind < 97) {
                did("time", () -> fixture.timer.advance(random.nextInt(600)));
            } else if (kind < 98) {
                did("lose", () -> source.lose(random.nextInt(3)));
            } else if (kind < 99) {
                did("announce", this::announce);
            } else if (random.nextInt(4) == 0) {
                did("epoch " + (epochs + 1), () -> source.beginEpoch("e" + ++epochs, random.nextInt(5)));
            }
        }

        private void did(String what, Runnable action) {
            steps.add(what);
            action.run();
        }

        private void answerSubscription() {
            if (source.pendingSubscriptions() > 0 && random.nextInt(5) == 0) {
                source.failSubscription();
            } else if (source.pendingSubscriptions() > 0) {
                source.completeSubscription();
            }
        }

        private void answerRead() {
            if (source.pendingReads() > 0 && random.nextInt(8) == 0) {
                source.failRead(random.nextInt(source.pendingReads()));
            } else if (source.pendingReads() > 0) {
                source.completeRead(random.nextInt(source.pendingReads()));
            }
        }

        private void announce() {
            Room room = fixture.registry.find(FakeSource.ROOM);
            if (room != null) {
                room.signal(EncodedFrame.of(FrameKind.SIGNAL, "signal"));
            }
        }

        /** Everybody reads, and everything that was asked for is answered. */
        private void settle() {
            List<Supplier<Boolean>> work = List.of(
                    () -> drained(!fixture.executor.isIdle(), fixture.executor::runNext),
                    () -> drained(source.isBehind(), source::deliver),
                    () -> drained(source.pendingSubscriptions() > 0, source::completeSubscription),
                    () -> drained(source.pendingReads() > 0, source::completeRead),
                    () -> clients.stream().anyMatch(ModelClient::readOne),
                    () -> drained(fixture.timer.pending() > 0, () -> fixture.timer.advance(5)));
            while (work.stream().anyMatch(Supplier::get)) {}
        }

        private static boolean drained(boolean any, Runnable action) {
            if (any) {
                action.run();
            }
            return any;
        }
    }
}
