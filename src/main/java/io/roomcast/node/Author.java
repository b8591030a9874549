package io.roomcast.node;

/**
 * Who did something to this node, as the log says it behind the word "by".
 *
 * @param text on one line, without control characters
 */
public record Author(String text) {
    /** The process of the embedded server, which ends after a signal. */
    public static final Author PROCESS = new Author("the process, which was told to end");

    /** The application server, which stops the application. */
    public static final Author SERVER = new Author("the server, which stops the application");

    /** @param address address of the caller, or of the proxy in front of the caller */
    public static Author apiKey(String address) {
        return new Author("the API key from " + LogText.of(address));
    }

    /** @param user the user whom the token names */
    public static Author apiToken(String user, String address) {
        return new Author("the API token of " + LogText.of(user) + " from " + LogText.of(address));
    }

    /** @param user the member of a room, who may moderate it */
    public static Author member(String user) {
        return new Author("the member " + LogText.of(user));
    }

    /** @param address address of a console on another machine or process; null if unknown */
    public static Author console(String address) {
        return new Author("a JMX console" + (address == null ? "" : " from " + LogText.of(address)));
    }
}
