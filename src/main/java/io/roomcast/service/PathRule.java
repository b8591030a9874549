package io.roomcast.service;

import java.util.regex.Pattern;

/**
 * Whether all who read the path of a request take it for the same place. A semicolon begins what servers call a parameter of the path, and leave out when they look for who
 * serves it; a proxy in front does not, so that what it keeps from strangers would be served under another spelling. Nothing of Roomcast has such
 * parameters, and no name has these characters.
 */
public final class PathRule {
    private static final Pattern AMBIGUOUS =
            Pattern.compile("[;\\\\\\p{Cntrl}]|%(3b|0.|1.|7f)", Pattern.CASE_INSENSITIVE);

    private PathRule() {}

    /** @param rawPath as the client wrote it, without the query */
    public static boolean isPlain(String rawPath) {
        return !AMBIGUOUS.matcher(rawPath).find();
    }
}
