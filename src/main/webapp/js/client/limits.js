/** The protocol's fixed limits; those of a server are in its `welcome`. */
export const MAX_KEY_LENGTH = 64;
/** Of the names in `meta`. */
export const MAX_NAME_LENGTH = 64;
