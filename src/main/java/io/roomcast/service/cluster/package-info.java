/** What operators ask about all nodes: the questions between nodes, and what each node answers. */
package io.roomcast.service.cluster;
