/** Users and their permissions, as values, and the port that verifies tokens. */
package io.roomcast.identity;
