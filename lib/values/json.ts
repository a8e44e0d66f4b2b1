/** Data that can be stored: plain data that reads back as it was written. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** A context, a patch: plain data by key. */
export type JsonObject = { readonly [key: string]: Json };
