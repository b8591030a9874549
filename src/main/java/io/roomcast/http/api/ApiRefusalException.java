package io.roomcast.http.api;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;

/** The credentials of a caller do not allow a request. The answer says which ones would, as RFC 6750 describes it. */
final class ApiRefusalException extends ProtocolException {
    private static final long serialVersionUID = 1L;
    private static final String SCHEME = "Bearer realm=\"roomcast\"";

    private final String challenge;

    private ApiRefusalException(ErrorCode code, String text, String challenge) {
        super(code, text);
        this.challenge = challenge;
    }

    /** The request has no credentials. It is told no error: RFC 6750 wants none for it. */
    static ApiRefusalException noCredentials(String text) {
        return new ApiRefusalException(ErrorCode.UNAUTHENTICATED, text, SCHEME);
    }

    static ApiRefusalException badCredentials(String text) {
        return new ApiRefusalException(ErrorCode.UNAUTHENTICATED, text, SCHEME + error("invalid_token", text));
    }

    /** @param scope the permission that the caller lacks; null if it has the permission, but not in this room */
    static ApiRefusalException lacking(String scope, String text) {
        return new ApiRefusalException(
                ErrorCode.FORBIDDEN,
                text,
                SCHEME + error("insufficient_scope", text) + (scope == null ? "" : ", scope=\"" + scope + '"'));
    }

    private static String error(String code, String text) {
        // The characters that RFC 6750 allows here.
        String description = text.replaceAll("[^ !#-\\[\\]-~]", "?");
        return ", error=\"" + code + "\", error_description=\"" + description + '"';
    }

    /** The value of the header {@code WWW-Authenticate}. */
    String challenge() {
        return challenge;
    }
}
