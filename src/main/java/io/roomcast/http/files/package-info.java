/** The files of the web client, and how browsers keep them. */
package io.roomcast.http.files;
