/**
 * Black-box tests: they know the address of a server, and the protocol. The same classes run against every server: the
 * system property {@code roomcast.uri} names one that is running; without it each class starts an embedded server of
 * its own.
 */
package io.roomcast.it;
