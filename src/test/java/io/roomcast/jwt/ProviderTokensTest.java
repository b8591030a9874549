package io.roomcast.jwt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.Permission;
import io.roomcast.identity.Identity;
import io.roomcast.protocol.RoomName;
import io.roomcast.support.Tokens;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tokens of identity providers permit. The shapes of the claims are those of the providers' documentation. */
class ProviderTokensTest {
    private static final String HEADER = "{\"alg\":\"HS256\"}";
    private static final Map<String, String> STAFF = Map.of("roomcast.roles.staff", "ops-*: read, history; lobby: *");

    /** A claim of the list is the operator's, the rest is what the provider adds. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // Keycloak: roles of the realm, and of a client whose name has dots
                "realm_access.roles | 'realm_access':{'roles':['offline_access','staff','uma_authorization']},"
                        + "'resource_access':{'account':{'roles':['view-profile']}},'scope':'openid profile'",
                "resource_access.chat.app.example.roles | 'realm_access':{'roles':['offline_access']},"
                        + "'resource_access':{'chat':{'roles':['x']},'chat.app.example':{'roles':['staff']}}",
                // Auth0: a claim whose name is a URL
                "https://app.example/roles | 'https://app.example/roles':['staff'],'scope':'openid','gty':'password'",
                // Entra ID: roles of the application
                "roles | 'roles':['staff'],'oid':'00000000-0000-0000-0000-000000000000','ver':'2.0'",
                // Okta: groups
                "groups | 'groups':['Everyone','staff'],'ver':1,'scp':['openid']",
                // OAuth: a text of words
                "scope | 'scope':'openid staff'"
            })
    void theRolesThatTheProviderGivesPermitWhatTheRulesSay(String claim, String claims) {
        Map<String, String> settings = new HashMap<>(STAFF);
        settings.put("roomcast.token.roles-claim", claim);
        Identity ann = identity(settings, claims);
        assertEquals("read history", permitted(ann, "ops-db"));
        assertEquals("read publish presence history moderate", permitted(ann, "lobby"));
        assertEquals("", permitted(ann, "garden"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "5",
                "{}",
                "{'staff':true}",
                "[null,['staff'],{'staff':1}]",
                "'STAFF'",
                "'staff,ops'",
                "['staff ']",
                "[]",
                "''"
            })
    void rolesOfAnotherShapePermitNothing(String roles) {
        assertEquals("", permitted(identity(STAFF, "'roles':" + roles), "lobby"));
    }

    /** Each role gives, and none takes away. */
    @Test
    void whatOneOfTheRolesPermitsIsPermitted() {
        Map<String, String> settings = Map.of(
                "roomcast.roles.a", "*: read",
                "roomcast.roles.b", "lobby: publish",
                "roomcast.roles.c", "lobby:");
        assertEquals("read publish", permitted(identity(settings, "'roles':['a','b','c','d','a']"), "lobby"));
        assertEquals(
                "read publish history",
                permitted(identity(settings, "'roles':['a','b'],'rooms':{'lobby':['history']}"), "lobby"));
    }

    @Test
    void aTokenThatSaysNothingPermitsNothing() {
        assertEquals("", permitted(identity(Map.of(), "'name':'Ann'"), "lobby"));
    }

    @Test
    void theOperatorMaySayWhatSuchATokenPermits() {
        Map<String, String> settings = Map.of("roomcast.token.default-permissions", "lobby: read, publish");
        assertEquals("read publish", permitted(identity(settings, "'name':'Ann'"), "lobby"));
        assertEquals("", permitted(identity(settings, "'name':'Ann'"), "garden"));
        assertEquals("", permitted(identity(settings, "'rooms':{}"), "lobby"), "this one says something");
        assertEquals("", permitted(identity(settings, "'rooms':null"), "lobby"), "this one, too");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "https://app.example/rooms | 'https://app.example/rooms':{'lobby':['read']}",
                "chat.rooms | 'chat':{'rooms':{'lobby':['read']}}",
                "chat.rooms | 'chat.rooms':{'lobby':['read']},'chat':{'rooms':{'lobby':['publish']}}",
            })
    void theClaimOfTheRoomsMayHaveAnotherName(String claim, String claims) {
        Identity ann =
                identity(Map.of("roomcast.token.rooms-claim", claim), claims + ",'rooms':{'lobby':['read','publish']}");
        assertEquals("read", permitted(ann, "lobby"));
    }

    @Test
    void theUserAndTheScopesOfTheApiMayBeInNestedClaims() {
        Map<String, String> settings =
                Map.of("roomcast.auth.claim", "person.login", "roomcast.api.claim", "https://app.example/api");
        Identity ann = identity(settings, "'person':{'login':'ann-1'},'https://app.example/api':['read']");
        assertEquals("ann-1", ann.userId().value());
        assertTrue(ann.api().stream().anyMatch(each -> each.word().equals("read")));
        assertFalse(ann.api().stream().anyMatch(each -> each.word().equals("operate")));
    }

    /** A key without a value names no claim, and not the one whose name is empty. */
    @Test
    void anEmptyKeyNamesNoClaim() {
        assertNull(identity(Map.of(), "'':{'phone':'1'}").user().info());
        assertEquals(
                "ann",
                identity(Map.of("roomcast.token.name-claim", ""), "'':'Ben'")
                        .user()
                        .name());
        assertEquals(
                Set.of(),
                identity(Map.of("roomcast.api.claim", ""), "'':['operate']").api());
    }

    private static String permitted(Identity identity, String room) {
        return Stream.of(Permission.values())
                .filter(permission -> identity.permissions().may(permission, new RoomName(room)))
                .map(Permission::word)
                .collect(Collectors.joining(" "));
    }

    /** @param claims besides the subject and the end; with apostrophes for quotes */
    private static Identity identity(Map<String, String> settings, String claims) {
        long end = Instant.now().plusSeconds(3_600).getEpochSecond();
        String token = Tokens.raw(HEADER, "{\"sub\":\"ann\",\"exp\":" + end + "," + claims.replace('\'', '"') + "}");
        return Verified.token(settings, token);
    }
}
