/** The relay and presence of a single node, in its own memory. */
package io.roomcast.local;
