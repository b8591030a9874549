package io.roomcast.container;

import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.HttpKeys;
import io.roomcast.config.Key;
import io.roomcast.config.Keys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The keys that only the embedded server reads. An application server has ports and a log of its own configuration.
 * Whoever sets such a key here may believe that metrics and the server API are on a port of their own.
 */
final class EmbeddedServerKeys {
    private static final Logger LOG = System.getLogger(EmbeddedServerKeys.class.getName());

    private static final List<Key<?>> ALL = List.of(
            Keys.HOST,
            Keys.PORT,
            Keys.WEBROOT,
            ArchiveKeys.DATA,
            ArchiveKeys.URL,
            ArchiveKeys.USER,
            ArchiveKeys.PASSWORD,
            OperationKeys.PORT,
            OperationKeys.HOST,
            OperationKeys.LOG_FORMAT,
            HttpKeys.CONNECTIONS,
            HttpKeys.ADDRESS_CONNECTIONS,
            HttpKeys.ANSWER_BYTES);

    private EmbeddedServerKeys() {}

    /** Names those that have another value than their default. */
    static void warnOf(RoomcastConfig config) {
        String set = ALL.stream()
                .filter(key -> !config.get(key).equals(key.parser().apply(key.defaultText())))
                .map(Key::name)
                .collect(Collectors.joining(", "));
        if (!set.isEmpty()) {
            LOG.log(Level.WARNING, "Only the embedded server reads these keys; they change nothing here: " + set);
        }
    }
}
