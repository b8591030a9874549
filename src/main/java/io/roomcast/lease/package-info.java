/** Presence across nodes, where a broker keeps who is in which room under the leases of the nodes. */
package io.roomcast.lease;
