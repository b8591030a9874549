package io.roomcast.jmx;

import io.roomcast.node.RoomSettings;
import java.util.List;

/**
 * A setting that holds in a room on this node. Consoles read a record of this class as composite data, see
 * {@link DrainProgress}.
 *
 * @param setting for example {@code history.size}
 * @param value as the configuration writes it
 * @param key the key that the value comes from; {@code default} if no key sets it
 */
public record RoomSetting(String setting, String value, String key) {

    static List<RoomSetting> of(List<RoomSettings.Shown> settings) {
        return settings.stream()
                .map(shown -> new RoomSetting(shown.setting(), shown.value(), shown.key()))
                .toList();
    }

    public String getSetting() {
        return setting;
    }

    public String getValue() {
        return value;
    }

    public String getKey() {
        return key;
    }
}
