/** What a node is to all that run on it: its name, its limits, its threads and clocks, and the files that it may open. */
package io.roomcast.node;
