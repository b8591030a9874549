/** The relay and the presence store of a single node, in the memory of its process. */
package io.roomcast.local;
