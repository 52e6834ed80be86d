/**
 * The encoding of a field's value. Groups, which proto3 does not have and which nest without limit, are not supported.
 */
export const wireType = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;
