/** Who somebody is and where they may go. Values, and the port through which a token is checked. */
package io.roomcast.identity;
