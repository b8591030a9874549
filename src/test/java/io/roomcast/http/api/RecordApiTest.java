package io.roomcast.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.relay.RelayUnavailableException;
import io.roomcast.support.Http;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;

class RecordApiTest {
    private static final RecordApi.Imported SOME = new RecordApi.Imported("lobby", 3_000, 1_000, 500, true);

    @Test
    void anImportThatEndsHalfWayIsAFailureThatSaysWhatWasDone() {
        ApiAnswer conflict = RecordApi.answer(SOME, new ProtocolException(ErrorCode.CONFLICT, "others are there"));
        assertEquals(409, conflict.status());
        JsonObject problem = Http.read(conflict.json());
        assertEquals("conflict", problem.getString("code"));
        assertEquals("others are there", problem.getString("detail"));
        assertEquals(1_000, problem.getJsonObject("imported").getInt("stored"));
        assertEquals(500, problem.getJsonObject("imported").getInt("present"));
        ApiAnswer unavailable = RecordApi.answer(SOME, new RelayUnavailableException("the disk is full"));
        assertEquals(503, unavailable.status());
        assertEquals("1", unavailable.headers().get("Retry-After"));
    }

    @Test
    void aWholeImportIsAnsweredWithWhatWasDone() {
        ApiAnswer answer = RecordApi.answer(SOME, null);
        assertEquals(200, answer.status());
        assertEquals(3_000, Http.read(answer.json()).getInt("messages"));
    }
}
