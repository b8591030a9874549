package io.roomcast.relay;

import java.util.Optional;

/** The archive of a node, as the way in which it starts makes it. */
@FunctionalInterface
public interface ArchiveProvider {
    /** Empty if messages are in memory only. Whoever takes the archive closes it. Called once at most. */
    Optional<Archive> archive();
}
