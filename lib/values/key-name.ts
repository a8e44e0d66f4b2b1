/** The name of an event's key: it stands in addresses, which have little room and no escapes for it. */
export const KEY_NAME = /^[\w.-]{1,50}$/;
export const KEY_NAME_RULE = 'It has 1 to 50 letters, digits, "_", "." and "-".';
