/** Messages of the archive that are taken away, brought or erased: what operators do with records, not with rooms. */
package io.roomcast.service.records;
