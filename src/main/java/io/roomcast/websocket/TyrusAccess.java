package io.roomcast.websocket;

import java.lang.reflect.Field;

/** What Tyrus 2.1 keeps in private fields. */
final class TyrusAccess {
    private TyrusAccess() {}

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

    static Object get(Object object, String name) throws ReflectiveOperationException {
        return find(object, name).get(object);
    }

    static void set(Object object, String name, Object value) throws ReflectiveOperationException {
        find(object, name).set(object, value);
    }

    private static Field find(Object object, String name) throws NoSuchFieldException {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
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
