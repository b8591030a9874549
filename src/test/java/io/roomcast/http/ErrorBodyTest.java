package io.roomcast.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.roomcast.protocol.ErrorCode;
import io.roomcast.service.admission.Verdict;
import jakarta.json.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorBodyTest {
    private static final String TEXT = "text/plain;charset=UTF-8";

    private static ErrorBody body(Verdict refusal, String path, String accept) {
        return ErrorBody.of(Problem.of(refusal), path, accept);
    }

    private static String text(ErrorBody body) {
        return new String(body.bytes(), StandardCharsets.UTF_8);
    }

    @Test
    void aProblemHasTheMembersOfRfc9457() {
        assertEquals(
                "{\"type\":\"urn:roomcast:error:upgrade_required\",\"title\":\"Upgrade required\",\"status\":426,"
                        + "\"detail\":\"this address is for WebSockets only\",\"code\":\"upgrade_required\"}\n",
                text(body(Verdict.NO_UPGRADE, "/ws", Problem.MEDIA_TYPE)));
    }

    @Test
    void aTemporaryProblemSaysWhenToComeBack() {
        assertEquals(
                Json.createValue(250L),
                new Problem(503, ErrorCode.BUSY, "later", 250L, null).toJson().get("retryAfterMs"));
    }

    @Test
    void aBusyNodeSaysTheSameInTheHeader() {
        assertEquals("1", Verdict.OVERLOADED.headers().get("Retry-After"));
        assertEquals(1_000, Problem.of(Verdict.OVERLOADED).toJson().getInt("retryAfterMs"));
    }

    @ParameterizedTest
    @CsvSource({"/api/v1/rooms", "/api", "/health/ready", "/metrics", "/metrics/"})
    void programsAlwaysGetAProblem(String path) {
        assertEquals(Problem.MEDIA_TYPE, body(Verdict.NOT_FOUND, path, null).contentType());
        assertEquals(
                Problem.MEDIA_TYPE, body(Verdict.NOT_FOUND, path, "text/html").contentType());
    }

    @ParameterizedTest
    @CsvSource({"/", "/ws", "/apis", "/metricsx", "'',", "api"})
    void peopleGetALine(String path) {
        ErrorBody answer = body(Verdict.NOT_FOUND, path == null ? "" : path, "text/html, */*;q=0.8");
        assertEquals(TEXT, answer.contentType());
        assertEquals("nothing is here\n", text(answer));
        assertEquals(
                TEXT, body(Verdict.NOT_FOUND, path == null ? "" : path, null).contentType());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"application/json", "text/html, Application/Problem+JSON ; q=0.5", "application/json;charset=x"})
    void whoAsksForJsonGetsJson(String accept) {
        assertEquals(Problem.MEDIA_TYPE, body(Verdict.FULL, "/ws", accept).contentType());
    }

    @ParameterizedTest
    @CsvSource({"404, not_found", "405, method_not_allowed", "417, bad_request", "500, unknown", "503, busy"})
    void aStatusHasACode(int status, String code) {
        Problem problem = Problem.ofStatus(status, "x");
        assertEquals(status, problem.toJson().getInt("status"));
        assertEquals(code, problem.toJson().getString("code"));
    }
}
