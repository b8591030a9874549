/** Targets for a fuzzer: what strangers send, and what it may do. {@code CONTRIBUTING.md} has the commands. */
package io.roomcast.fuzz;
