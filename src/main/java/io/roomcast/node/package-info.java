/** The name of the node, its limits, its threads and clocks, and the number of files that it may open. */
package io.roomcast.node;
