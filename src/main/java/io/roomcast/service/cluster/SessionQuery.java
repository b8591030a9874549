package io.roomcast.service.cluster;

import java.util.Comparator;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Which sessions are listed.
 *
 * @param user lists only the sessions of this user; null for all users
 * @param room lists only the sessions in this room; null for all rooms
 * @param order the order of the list
 * @param after with {@link Order#ID}, lists only sessions with a greater id; null for the first page
 * @param limit most sessions of the list
 * @param rooms most names of rooms that each session has in the list
 */
public record SessionQuery(String user, String room, Order order, String after, int limit, int rooms) {
    /** Most sessions of one list. */
    public static final int MAX_SESSIONS = 1_000;

    /** Most names of rooms of a session in a list of many sessions. */
    public static final int FEW_ROOMS = 10;

    /** Most names of rooms of a session. */
    public static final int MAX_ROOMS = 1_000;

    /** The order of a list of sessions. */
    public enum Order {
        /** First the sessions for which the most bytes wait, then those with the oldest send in flight. */
        WAITING,
        /** First the sessions with the oldest send in flight, then those for which the most bytes wait. */
        AGE,
        /** The order of the ids, in which a list can be continued. */
        ID;

        /**
         * The order with this name in lower case.
         *
         * @throws IllegalArgumentException if there is none; the message says which there are
         */
        public static Order of(String word) {
            for (Order order : values()) {
                if (order.name().toLowerCase(Locale.ROOT).equals(word)) {
                    return order;
                }
            }
            throw new IllegalArgumentException("order must be waiting, age or id");
        }

        <T> Comparator<T> comparator(Function<T, String> id, ToLongFunction<T> waiting, ToLongFunction<T> age) {
            Comparator<T> byId = Comparator.comparing(id);
            return switch (this) {
                case WAITING -> mostFirst(waiting, age).thenComparing(byId);
                case AGE -> mostFirst(age, waiting).thenComparing(byId);
                case ID -> byId;
            };
        }

        private static <T> Comparator<T> mostFirst(ToLongFunction<T> first, ToLongFunction<T> second) {
            return Comparator.comparingLong(first).thenComparingLong(second).reversed();
        }
    }

    /** The sessions of a user, first those for which the most bytes wait, with all their rooms. */
    public static SessionQuery ofUser(String user) {
        return new SessionQuery(user, null, Order.WAITING, null, MAX_SESSIONS, MAX_ROOMS);
    }
}
