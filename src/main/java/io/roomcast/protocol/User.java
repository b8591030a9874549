package io.roomcast.protocol;

/**
 * A user as others see the user. Ids are compared, names are shown: two users may have the same name, and the name of
 * a user may change.
 *
 * @param name what is shown, see {@link DisplayName}
 * @param info a JSON object about the user, as text on one line without control characters; null for none
 */
public record User(UserId id, String name, String info) implements Comparable<User> {

    /** A user of whom nothing is known but the id, which is shown. */
    public static User of(UserId id) {
        return new User(id, id.value(), null);
    }

    /** Whether nothing is known of the user but the id. */
    public boolean isUnnamed() {
        return info == null && name.equals(id.value());
    }

    /** The characters of id, name and info. */
    public int length() {
        return id.value().length() + name.length() + (info == null ? 0 : info.length());
    }

    /** By id. */
    @Override
    public int compareTo(User other) {
        return id.compareTo(other.id);
    }
}
