package io.roomcast.websocket.tyrus;

import java.lang.reflect.Field;

/** What Tyrus 2.1 keeps in private fields. */
public final class TyrusInternals {
    private TyrusInternals() {}

    /** @param container of WebSockets, of whatever kind */
    static boolean isTyrus(Object container) {
        for (Class<?> type = container == null ? null : container.getClass();
                type != null;
                type = type.getSuperclass()) {
            if (type.getName().startsWith("org.glassfish.tyrus.")) {
                return true;
            }
        }
        return false;
    }

    static void set(Object object, String name, Object value) throws ReflectiveOperationException {
        find(object.getClass(), name).set(object, value);
    }

    /** @return the field of this class, or of the nearest above it */
    public static Field find(Class<?> from, String name) throws NoSuchFieldException {
        for (Class<?> type = from; type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(name);
    }
}
