package io.roomcast.jwt;

import io.roomcast.config.AccessKeys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.Permission;
import io.roomcast.config.RoomRules;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.config.TokenKeys;
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
import java.util.Set;
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
 * @param rooms how the permissions in rooms are read
 */
record TokenClaims(
        ClaimName userClaim,
        ClaimName nameClaim,
        ClaimName infoClaim,
        ClaimName apiClaim,
        String issuer,
        String audience,
        TokenLife life,
        Rooms rooms) {

    /**
     * How the permissions in rooms are read.
     *
     * @param claim name of the claim with the rules for this user
     * @param absent the rules for a user without that claim
     * @param rolesClaim name of the claim with the user's roles
     * @param byRole the rules of each role
     */
    private record Rooms(ClaimName claim, RoomRules absent, ClaimName rolesClaim, Map<String, RoomRules> byRole) {}

    static TokenClaims of(RoomcastConfig config) {
        return new TokenClaims(
                new ClaimName(config.get(AccessKeys.CLAIM)),
                new ClaimName(config.get(AccessKeys.NAME_CLAIM)),
                new ClaimName(config.get(AccessKeys.INFO_CLAIM)),
                new ClaimName(config.get(OperationKeys.API_CLAIM)),
                config.get(AccessKeys.ISSUER),
                config.get(AccessKeys.AUDIENCE),
                TokenLife.of(config),
                new Rooms(
                        new ClaimName(config.get(TokenKeys.ROOMS_CLAIM)),
                        config.get(TokenKeys.DEFAULT_PERMISSIONS),
                        new ClaimName(config.get(TokenKeys.ROLES_CLAIM)),
                        config.get(TokenKeys.ROLES)));
    }

    /** @throws TokenRefusedException if the claims are not those of a valid token */
    Identity identity(JsonObject claims, Instant now) {
        Instant end = life.end(claims, now);
        String issuedBy = text(claims.get("iss"), "iss");
        if (!issuer.isEmpty() && !issuer.equals(issuedBy)) {
            throw refused("JWT iss claim doesn't match");
        }
        List<String> audiences = audiences(claims);
        if (!audience.isEmpty() && !audiences.contains(audience)) {
            throw refused("JWT aud claim doesn't match");
        }
        return new Identity(user(claims), true, permissions(claims), ApiPermission.of(words(apiClaim.in(claims))), end);
    }

    private User user(JsonObject claims) {
        UserId id = id(claims);
        String name = nameClaim.in(claims) instanceof JsonString text ? text.getString() : null;
        String info = infoClaim.in(claims) instanceof JsonObject object ? object.toString() : null;
        return new User(id, DisplayName.of(name, id), info);
    }

    private UserId id(JsonObject claims) {
        String id = text(userClaim.in(claims), userClaim.text());
        try {
            return new UserId(id);
        } catch (ProtocolException e) {
            throw refused("its claim " + userClaim + " is no id for a user");
        }
    }

    /** A claim of the wrong type permits nothing by itself. Each role of the user permits what its rules say. */
    private RoomPermissions permissions(JsonObject claims) {
        JsonValue own = rooms.claim().in(claims);
        return RoomPermissions.of(
                own == null ? rooms.absent() : rules(own),
                rooms.byRole(),
                words(rooms.rolesClaim().in(claims)));
    }

    private static RoomRules rules(JsonValue claim) {
        Map<String, Set<Permission>> rules = new HashMap<>();
        if (claim instanceof JsonObject byName) {
            byName.forEach((room, allowed) ->
                    rules.put(room, Permission.of(strings(allowed).toList())));
        }
        return new RoomRules(rules);
    }

    /** The words of a claim: an array of strings, or one string with spaces between words, as OAuth scopes. */
    private static List<String> words(JsonValue claim) {
        return claim instanceof JsonString words
                ? List.of(words.getString().split(" ", -1))
                : strings(claim).toList();
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
    private static String text(JsonValue value, String name) {
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
