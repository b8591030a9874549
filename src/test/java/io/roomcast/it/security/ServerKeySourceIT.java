package io.roomcast.it.security;

import org.junit.jupiter.api.Tag;

/** The same on an application server. */
@Tag("server")
@Tag("own-server")
class ServerKeySourceIT extends KeySourceIT {}
