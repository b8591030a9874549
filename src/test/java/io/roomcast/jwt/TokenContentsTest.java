package io.roomcast.jwt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Permission;
import io.roomcast.identity.Identity;
import io.roomcast.identity.TokenRefusedException;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.Tokens;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in a token that is signed as it should be. */
class TokenContentsTest {
    private static final String HEADER = "{\"alg\":\"HS256\"}";
    private static final String ANN = "{\"sub\":\"ann\",\"exp\":4102444800";
    private static final Duration SLACK = Duration.ofMinutes(1);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"HS256\",\"crit\":[]}",
                "{\"alg\":\"HS256\",\"crit\":null}",
                "{\"alg\":\"HS256\",\"crit\":\"exp\"}",
                "{\"alg\":\"HS256\",\"crit\":{}}",
                "{\"alg\":\"HS256\",\"crit\":[\"exp\"],\"exp\":1}",
                "{\"alg\":\"HS256\",\"crit\":[\"b64\"],\"b64\":true}",
                "{\"alg\":\"HS256\",\"b64\":false}",
                "{\"alg\":\"HS256\",\"b64\":true}",
                "{\"alg\":\"HS256\",\"alg\":\"HS256\"}",
                "{\"alg\":\"HS256\",\"x\":{\"y\":1,\"y\":1}}",
                "{\"alg\":\"hs256\"}",
                "{\"alg\":\"none\"}",
                "{\"alg\":\"RS256\"}",
                "{\"alg\":[\"HS256\"]}",
                "{\"alg\":null}",
                "{}",
                "[]",
                "null",
                "{\"alg\":\"HS256\",\"kid\":5}",
                "{\"alg\":\"HS256\",\"kid\":[]}",
                "{\"alg\":\"HS256\",\"kid\":null}",
                "{\"alg\":\"HS256\",\"typ\":null}",
                "{\"alg\":\"HS256\",\"typ\":\"\"}",
                "{\"alg\":\"HS256\",\"typ\":\"application/logout+jwt\"}",
                "{\"alg\":\"HS256\",\"typ\":\"application/\"}",
                "{\"alg\":\"HS256\",\"enc\":\"A128GCM\"}",
                "{\"alg\":\"HS256\",\"jwk\":{\"kty\":\"oct\",\"k\":\"AAAA\"}}",
                "{\"alg\":\"HS256\",\"typ\":5}",
                "{\"alg\":\"HS256\",\"typ\":\"dpop+jwt\"}",
                "{\"alg\":\"HS256\",\"typ\":\"logout+jwt\"}",
                "{\"alg\":\"HS256\",\"typ\":\"JOSE\"}",
                "{\"alg\":\"HS256\"} {}",
                "{\"alg\":\"HS256\",}",
                "{'alg':'HS256'}",
            })
    void aHeaderThatIsWrongIsRefused(String header) {
        assertRefused(Map.of(), Tokens.raw(header, ANN + "}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"JWT", "jwt", "at+jwt", "AT+JWT", "application/jwt", "application/at+jwt"})
    void everyNameOfItsTypeIsTaken(String type) {
        accepted(Map.of(), Tokens.raw("{\"alg\":\"HS256\",\"typ\":\"" + type + "\"}", ANN + "}"));
    }

    static Stream<String> wrongClaims() {
        return Stream.of(
                "{}",
                "[]",
                "null",
                "5",
                "{\"exp\":4102444800}",
                "{\"sub\":null}",
                "{\"sub\":5}",
                "{\"sub\":[\"ann\"]}",
                "{\"sub\":{}}",
                "{\"sub\":\"\"}",
                "{\"sub\":\"ann\",\"sub\":\"bob\"}",
                "{\"sub\":\"bob\",\"\\u0073ub\":\"ann\"}",
                ANN + ",\"rooms\":{},\"rooms\":{\"*\":[\"read\"]}}",
                ANN + ",\"rooms\":{\"lobby\":[],\"lobby\":[\"read\"]}}",
                ANN + ",\"exp\":4102444801}",
                "{\"sub\":\"ann\",\"exp\":null}",
                "{\"sub\":\"ann\",\"exp\":\"4102444800\"}",
                "{\"sub\":\"ann\",\"exp\":true}",
                "{\"sub\":\"ann\",\"exp\":[4102444800]}",
                "{\"sub\":\"ann\",\"exp\":{}}",
                "{\"sub\":\"ann\",\"exp\":0}",
                "{\"sub\":\"ann\",\"exp\":-1}",
                "{\"sub\":\"ann\",\"exp\":-9300000000000000}",
                "{\"sub\":\"ann\",\"exp\":1e-400}",
                "{\"sub\":\"ann\",\"exp\":NaN}",
                "{\"sub\":\"ann\",\"exp\":1" + "0".repeat(50) + "}",
                ANN + ",\"nbf\":null}",
                ANN + ",\"nbf\":\"0\"}",
                ANN + ",\"nbf\":4102444800}",
                ANN + ",\"nbf\":9300000000000000}",
                ANN + ",\"nbf\":99999999999999999999999}",
                ANN + ",\"iat\":null}",
                ANN + ",\"iat\":\"0\"}",
                ANN + ",\"aud\":null}",
                ANN + ",\"aud\":5}",
                ANN + ",\"aud\":{\"chat\":1}}",
                ANN + ",\"aud\":[5]}",
                ANN + ",\"aud\":[\"chat\",null]}",
                ANN + ",\"iss\":null}",
                ANN + ",\"iss\":5}",
                ANN + ",\"iss\":[\"login\"]}",
                ANN + ",\"x\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}",
                ANN + "} {}",
                ANN + ",}",
                "\uFEFF" + ANN + "}",
                "{sub:\"ann\"}",
                ANN + ",\"x\":\"" + "x".repeat(20_000) + "\"}");
    }

    @ParameterizedTest
    @MethodSource("wrongClaims")
    void claimsThatAreWrongAreRefused(String claims) {
        assertRefused(Map.of(), Tokens.raw(HEADER, claims));
    }

    @Test
    void whatIsNoUtf8IsRefused() {
        byte[] claims = "{\"sub\":\"?nn\"}".getBytes(UTF_8);
        claims[8] = (byte) 0xe9;
        assertRefused(Map.of(), Tokens.raw(HEADER.getBytes(UTF_8), claims));
    }

    @ParameterizedTest
    @ValueSource(strings = {"=", "==", "\n", " ", "+", "/", "%3D", "é", ".", ".e30"})
    void nothingStandsBetweenOrBehindTheParts(String more) {
        String good = Tokens.raw(HEADER, ANN + "}");
        accepted(Map.of(), good);
        assertRefused(Map.of(), good + more);
        assertRefused(Map.of(), more + good);
        assertRefused(Map.of(), good.replaceFirst("\\.", more.equals(".") ? ".." : more + "."));
    }

    /** {@code null}, or anything else that is no list of rules, was meant to say something. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "5",
                "true",
                "\"*\"",
                "[]",
                "[\"*\"]",
                "{}",
                "{\"*\":null}",
                "{\"*\":\"read\"}",
                "{\"*\":{\"read\":true}}",
                "{\"*\":[null,5,[\"read\"],{\"read\":1},\"READ\",\"read publish\"]}"
            })
    void aRoomsClaimOfAnotherShapeAllowsNothing(String rooms) {
        Identity ann = accepted(Map.of(), Tokens.raw(HEADER, ANN + ",\"rooms\":" + rooms + "}"));
        assertFalse(ann.permissions().may(Permission.READ, new RoomName("lobby")));
        assertFalse(ann.permissions().may(Permission.PUBLISH, new RoomName("lobby")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "5",
                "{}",
                "{\"operate\":true}",
                "[null,[\"operate\"]]",
                "\"OPERATE\"",
                "\"operate,read\""
            })
    void anApiClaimOfAnotherShapeAllowsNothing(String scope) {
        Identity ann =
                accepted(Map.of("roomcast.api.claim", "scope"), Tokens.raw(HEADER, ANN + ",\"scope\":" + scope + "}"));
        assertTrue(ann.api().isEmpty());
    }

    static Stream<Map.Entry<String, Duration>> lives() {
        long now = Instant.now().getEpochSecond();
        return Stream.of(
                Map.entry("", Duration.ofDays(1)),
                Map.entry(",\"exp\":" + (now + 3600), Duration.ofHours(1)),
                Map.entry(",\"exp\":" + (now + 3600) + ".75", Duration.ofHours(1)),
                Map.entry(",\"exp\":" + (now + 7 * 86400), Duration.ofDays(1)),
                Map.entry(",\"exp\":4.1024448e9", Duration.ofDays(1)),
                Map.entry(",\"exp\":9300000000000000", Duration.ofDays(1)),
                Map.entry(",\"exp\":9223372036854775807", Duration.ofDays(1)),
                Map.entry(",\"exp\":99999999999999999999999", Duration.ofDays(1)),
                Map.entry(",\"exp\":1e30", Duration.ofDays(1)),
                Map.entry(",\"iat\":" + (now - 80_000), Duration.ofSeconds(6_400)),
                Map.entry(",\"iat\":-5,\"exp\":" + (now + 60), Duration.ofSeconds(60)),
                Map.entry(",\"iat\":9300000000000000", Duration.ofDays(1)),
                Map.entry(",\"nbf\":-5.5", Duration.ofDays(1)));
    }

    @ParameterizedTest
    @MethodSource("lives")
    void aTokenIsGoodForADayAtMost(Map.Entry<String, Duration> life) {
        Instant before = Instant.now();
        Instant end = accepted(Map.of(), Tokens.raw(HEADER, "{\"sub\":\"ann\"" + life.getKey() + "}"))
                .expires();
        assertTrue(!end.isBefore(before.plus(life.getValue()).minus(SLACK)), end::toString);
        assertTrue(end.isBefore(before.plus(life.getValue()).plus(SLACK)), end::toString);
    }

    @Test
    void withoutExpADayAfterItWasIssuedIsTheEnd() {
        String old = "{\"sub\":\"ann\",\"iat\":" + (Instant.now().getEpochSecond() - 90_000) + "}";
        assertRefused(Map.of(), Tokens.raw(HEADER, old));
        accepted(Map.of("roomcast.auth.max-life", "2d"), Tokens.raw(HEADER, old));
    }

    @Test
    void theOperatorMayLiftItOrDemandAnEnd() {
        String endless = Tokens.raw(HEADER, "{\"sub\":\"ann\"}");
        assertEquals(
                Instant.MAX,
                accepted(Map.of("roomcast.auth.max-life", "0"), endless).expires());
        assertRefused(Map.of("roomcast.auth.exp", "required"), endless);
        accepted(Map.of("roomcast.auth.exp", "required"), Tokens.raw(HEADER, ANN + "}"));
    }

    @Test
    void aLongTokenIsRefusedUnlessTheOperatorAllowsIt() {
        String token = Tokens.raw(HEADER, ANN + ",\"x\":\"" + "x".repeat(20_000) + "\"}");
        assertRefused(Map.of(), token);
        accepted(Map.of("roomcast.auth.token-bytes", "0"), token);
    }

    private static Identity accepted(Map<String, String> settings, String token) {
        return Verified.token(settings, token);
    }

    @Test
    void aRefusalSaysWhetherTheSignatureOrTheClaimsAreWrong() {
        String claims =
                refusal(Map.of(), Tokens.raw(HEADER, ANN + ",\"aud\":[5]}")).getMessage();
        assertTrue(claims.contains("claims"), claims);
        String token = Tokens.raw(HEADER, ANN + "}");
        String signature = refusal(Map.of(), token.substring(0, token.length() - 5) + "AAAAA")
                .getMessage();
        assertTrue(signature.contains("not signed by a known key"), signature);
    }

    private static void assertRefused(Map<String, String> settings, String token) {
        refusal(settings, token);
    }

    private static TokenRefusedException refusal(Map<String, String> settings, String token) {
        CompletionException refused =
                assertThrows(CompletionException.class, () -> accepted(settings, token), () -> "taken: " + token);
        return assertInstanceOf(TokenRefusedException.class, refused.getCause(), token);
    }
}
