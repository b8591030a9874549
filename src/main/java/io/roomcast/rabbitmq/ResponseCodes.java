package io.roomcast.rabbitmq;

import com.rabbitmq.stream.Constants;
import com.rabbitmq.stream.impl.Client.Response;

/** What RabbitMQ answers. */
final class ResponseCodes {
    private ResponseCodes() {}

    /** @throws IllegalStateException if RabbitMQ has refused; its message says so */
    static void require(Response response, String what) {
        if (!response.isOk()) {
            throw new IllegalStateException(what + ": " + text(response.getResponseCode()));
        }
    }

    static String text(short code) {
        return switch (code) {
            case Constants.RESPONSE_CODE_STREAM_DOES_NOT_EXIST -> "there is no such stream";
            case Constants.RESPONSE_CODE_STREAM_NOT_AVAILABLE -> "the stream is not available on this server";
            case Constants.RESPONSE_CODE_ACCESS_REFUSED -> "the user has no right to do so";
            case Constants.RESPONSE_CODE_PRECONDITION_FAILED -> "the arguments are refused";
            case Constants.RESPONSE_CODE_PUBLISHER_DOES_NOT_EXIST -> "the stream is gone";
            default -> "code " + code;
        };
    }
}
