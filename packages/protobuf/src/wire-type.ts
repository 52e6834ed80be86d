/** How a field's value is written. Groups, which proto3 has not and which nest without an end, are not among them. */
export const wireType = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;
