package io.roomcast.config;

import java.util.List;

/** Keys for what the users may do in rooms: which claims of a token and which roles say so. */
public final class TokenKeys {
    public static final Key<String> ROOMS_CLAIM = new Key<>(
            "roomcast.token.rooms-claim",
            "rooms",
            "name",
            "Claim of a token that says what its user may do in which rooms. Dots lead into nested objects, unless a "
                    + "claim has exactly this name.",
            Values.matching(".+", "the name of a claim"));

    public static final Key<RoomRules> DEFAULT_PERMISSIONS = new Key<>(
            "roomcast.token.default-permissions",
            "",
            "rules",
            "What the user of a token without the claim `roomcast.token.rooms-claim` may do, as rules such as "
                    + "`lobby: read, publish, history; ops-*: read`. If empty, nothing.",
            RoomRules::parse);

    public static final Key<String> ROLES_CLAIM = new Key<>(
            "roomcast.token.roles-claim",
            "roles",
            "name",
            "Claim of a token with the roles or groups of its user: a list of strings, or one string with blanks "
                    + "between the roles. Dots lead into nested objects, as in `realm_access.roles`, unless a claim "
                    + "has exactly this name.",
            Values.matching(".+", "the name of a claim"));

    public static final KeyFamily<RoomRules> ROLES = new KeyFamily<>(
            new Key<>(
                    "roomcast.roles.<role>",
                    "",
                    "rules",
                    "What a role permits: a role of the token, or with `roomcast.auth=container` a role of the user in "
                            + "the server. The role `**` stands for every user who is logged in to the server. Rules "
                            + "as in `roomcast.token.default-permissions`.",
                    RoomRules::parse),
            Values.matching("\\S(.*\\S)?", "the name of a role"));

    /** The keys of this class, in the order of --help. */
    static final List<Key<?>> ALL = List.of(ROOMS_CLAIM, DEFAULT_PERMISSIONS, ROLES_CLAIM);

    private TokenKeys() {}
}
