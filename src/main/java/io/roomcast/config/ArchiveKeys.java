package io.roomcast.config;

import java.util.List;

/** Keys of the archive. */
public final class ArchiveKeys {
    /** The value of {@link #DATA} that turns the archive off. */
    public static final String NONE = "none";

    public static final Key<String> DATA = new Key<>(
            "roomcast.data",
            "",
            "directory",
            "Directory in which the embedded server keeps messages with `roomcast.relay=local`, so that they outlive it; "
                    + "`none` to keep them in memory only. If empty, the system's usual place: "
                    + "`~/.local/share/roomcast` on Linux (below `$XDG_DATA_HOME` if that is set), "
                    + "`~/Library/Application Support/Roomcast` on macOS, `%LOCALAPPDATA%\\Roomcast` on Windows. Each "
                    + "node needs a directory of its own.",
            Values.matching("[^\\x00-\\x1f]*", "a directory, or none"));

    static final List<Key<?>> ALL = List.of(DATA);

    private ArchiveKeys() {}
}
