package io.roomcast.jwt;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.identity.ApiPermission;
import io.roomcast.identity.Identity;
import io.roomcast.identity.RoomPermissions;
import io.roomcast.identity.TokenRefusedException;
import io.roomcast.protocol.DisplayName;
import io.roomcast.protocol.ProtocolException;
import io.roomcast.protocol.User;
import io.roomcast.protocol.UserId;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The claims that a token must have, and how an identity is read from them. A claim of the wrong type, also
 * {@code null}, is never treated as absent; only the claims with the name and the info are left out then.
 *
 * @param userClaim name of the claim with the user's id
 * @param nameClaim name of the claim with what is shown for the user
 * @param infoClaim name of the claim with an object about the user; empty for none
 * @param apiClaim name of the claim with the permissions for the server API; empty if tokens give none
 * @param issuer required value of {@code iss}; empty for any
 * @param audience value that {@code aud} must contain; empty for any
 * @param life the times at which a token is valid
 */
record TokenClaims(
        String userClaim,
        String nameClaim,
        String infoClaim,
        String apiClaim,
        String issuer,
        String audience,
        TokenLife life) {

    static TokenClaims of(RoomcastConfig config) {
        return new TokenClaims(
                config.get(AccessKeys.CLAIM),
                config.get(AccessKeys.NAME_CLAIM),
                config.get(AccessKeys.INFO_CLAIM),
                config.get(OperationKeys.API_CLAIM),
                config.get(AccessKeys.ISSUER),
                config.get(AccessKeys.AUDIENCE),
                TokenLife.of(config));
    }

    /** @throws TokenRefusedException if the claims are not those of a valid token */
    Identity identity(JsonObject claims, Instant now) {
        Instant end = life.end(claims, now);
        String issuedBy = text(claims, "iss");
        if (!issuer.isEmpty() && !issuer.equals(issuedBy)) {
            throw refused("JWT iss claim doesn't match");
        }
        List<String> audiences = audiences(claims);
        if (!audience.isEmpty() && !audiences.contains(audience)) {
            throw refused("JWT aud claim doesn't match");
        }
        return new Identity(user(claims), true, permissions(claims), ApiPermission.of(apiWords(claims)), end);
    }

    private User user(JsonObject claims) {
        UserId id = id(claims);
        String name = claims.get(nameClaim) instanceof JsonString text ? text.getString() : null;
        String info = claims.get(infoClaim) instanceof JsonObject object ? object.toString() : null;
        return new User(id, DisplayName.of(name, id), info);
    }

    private UserId id(JsonObject claims) {
        String id = text(claims, userClaim);
        try {
            return new UserId(id);
        } catch (ProtocolException e) {
            throw refused("its claim " + userClaim + " is no id for a user");
        }
    }

    /**
     * The permissions of the claim {@code rooms}. A claim of the wrong type permits nothing. A missing claim permits
     * all.
     */
    private static RoomPermissions permissions(JsonObject claims) {
        JsonValue rooms = claims.get("rooms");
        if (rooms == null) {
            return RoomPermissions.ALL;
        }
        Map<String, List<String>> rules = new HashMap<>();
        if (rooms instanceof JsonObject byName) {
            byName.forEach((room, allowed) -> rules.put(room, strings(allowed).toList()));
        }
        return new RoomPermissions(rules);
    }

    /** The words of the API claim: an array of strings, or one string with spaces between words, as OAuth scopes. */
    private List<String> apiWords(JsonObject claims) {
        JsonValue allowed = apiClaim.isEmpty() ? null : claims.get(apiClaim);
        return allowed instanceof JsonString words
                ? List.of(words.getString().split(" "))
                : strings(allowed).toList();
    }

    private static List<String> audiences(JsonObject claims) {
        JsonValue aud = claims.get("aud");
        if (aud instanceof JsonString one) {
            return List.of(one.getString());
        }
        List<String> all = strings(aud).toList();
        if (aud != null && !(aud instanceof JsonArray array && array.size() == all.size())) {
            throw refused("its claim aud is no text and no list of texts");
        }
        return all;
    }

    /** @return null if the claim is absent */
    private static String text(JsonObject claims, String name) {
        JsonValue value = claims.get(name);
        if (value != null && !(value instanceof JsonString)) {
            throw refused("its claim " + name + " is no text");
        }
        return value == null ? null : ((JsonString) value).getString();
    }

    private static Stream<String> strings(JsonValue value) {
        return value instanceof JsonArray array
                ? array.stream().filter(JsonString.class::isInstance).map(word -> ((JsonString) word).getString())
                : Stream.of();
    }

    private static TokenRefusedException refused(String why) {
        return new TokenRefusedException("the token was refused: " + why);
    }
}
